/** What the Python side of a card shares with the browser. */
import type { Simulation } from "./simulation";

/** As the Python class has them. */
export interface CardTraits {
  [name: string]: unknown;
  title: string;
  is_group: boolean;
  can_stop: boolean;
  can_reply: boolean;
  can_ask: boolean;
  simulations: Simulation[];
  series_keys: string[];
  with_output: string[];
  clock: number;
  problem: string;
  command_line: string;
}

/** What a card needs of a widget model. */
export interface CardModel {
  get<K extends keyof CardTraits & string>(name: K): CardTraits[K];
  // biome-ignore lint/suspicious/noExplicitAny: as anywidget's own types have it
  on(name: string, callback: (...args: any[]) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: as anywidget's own types have it
  off(name?: string | null, callback?: ((...args: any[]) => void) | null): void;
  send(content: unknown): void;
}
