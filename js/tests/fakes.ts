/** A widget model without a kernel, and a simulation to show. */
import type { CardModel, CardTraits } from "../shared/card/model";
import type { Simulation } from "../shared/card/simulation";

export function simulation(changed: Partial<Simulation> = {}): Simulation {
  return {
    id: "a",
    name: "ppo-s0",
    type: "ppo",
    env: "CartPole-v1",
    launcher: "process",
    state: "running",
    is_active: true,
    current: null,
    total: null,
    unit: "steps",
    activity: "",
    rate: null,
    left_s: null,
    created: null,
    started: null,
    ended: null,
    silent_s: null,
    stop_asked: null,
    error: null,
    requests: [],
    latest: null,
    status_count: 0,
    ...changed,
  };
}

export interface Sent {
  id: string | number;
  kind: string;
  [field: string]: unknown;
}

export class FakeModel implements CardModel {
  readonly sent: Sent[] = [];
  readonly #traits: CardTraits;
  readonly #listeners = new Map<string, Set<(...args: unknown[]) => void>>();

  constructor(traits: Partial<CardTraits> = {}) {
    this.#traits = {
      title: "",
      is_group: false,
      can_stop: true,
      can_reply: true,
      can_ask: true,
      simulations: [simulation()],
      series_keys: [],
      with_output: [],
      clock: Date.now() / 1000,
      problem: "",
      command_line: "gymdash-jupyter -d /p",
      ...traits,
    };
  }

  get<K extends keyof CardTraits & string>(name: K): CardTraits[K] {
    return this.#traits[name];
  }

  on(name: string, callback: (...args: unknown[]) => void): void {
    const known = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, known.add(callback));
  }

  off(name?: string | null, callback?: ((...args: unknown[]) => void) | null): void {
    if (name && callback) this.#listeners.get(name)?.delete(callback);
  }

  send(content: unknown): void {
    this.sent.push(content as Sent);
  }

  /** How many listeners are left. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((n, each) => n + each.size, 0);
  }

  change(traits: Partial<CardTraits>): void {
    Object.assign(this.#traits, traits);
    for (const name of Object.keys(traits)) this.#tell(`change:${name}`);
  }

  say(message: object, ...buffers: number[][]): void {
    const views = buffers.map((numbers) => new DataView(new Float64Array(numbers).buffer));
    this.#tell("msg:custom", message, views);
  }

  /** Answer the newest question of a kind with a binary part. */
  answer(kind: string, result: unknown, bytes: number[] = []): void {
    const view = new DataView(new Uint8Array(bytes).buffer);
    this.#tell("msg:custom", { id: this.last(kind).id, kind, result }, [view]);
  }

  last(kind: string): Sent {
    const found = this.sent.findLast((each) => each.kind === kind);
    if (!found) throw new Error(`no message ${kind} was sent`);
    return found;
  }

  #tell(name: string, ...args: unknown[]): void {
    for (const callback of this.#listeners.get(name) ?? []) callback(...args);
  }
}
