/** What the kernel says of statuses and calls. */
import type { ShownStatus } from "../card/simulation";
import type { Swatched } from "../system/facts";

export interface Whose extends Swatched {
  state: string;
}

export interface StatusFacts extends ShownStatus {
  number: number;
  kind: "success" | "info" | "stopped" | "error";
  sim: Whose;
}

/** Statuses, the oldest first; `next` is from where older ones are asked for, null at the beginning. */
export interface Page {
  rows: StatusFacts[];
  next: number | null;
  filter: string;
  kinds: string[];
  n_sims: number;
}

export interface CallFacts {
  number: number;
  name: string;
  time: number | null;
  is_refused: boolean;
  sim: Whose | null;
  n_sims: number;
  text: string;
  error: string;
}
