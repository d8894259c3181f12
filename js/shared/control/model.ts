/** What the kernel tells of simulations, their questions, what they offer, and what was answered. */
import type { Action } from "../actions/offered";
import type { PanelTraits } from "../panel";

export interface ControlTraits extends PanelTraits {
  sims: string[];
  only_sims: boolean;
  /** Only questions, for a narrow column. */
  compact: boolean;
  open_requests: number;
}

/** One that is spoken to. */
export interface Sim {
  id: string;
  name: string;
  state: string;
  colour: number;
  /** Waits for a reply, and would take anything else for it. */
  is_waiting: boolean;
  is_answering: boolean;
  is_over: boolean;
}

/** A question that waits for a reply. */
export interface Request {
  id: string;
  sim_id: string;
  name: string;
  colour: number;
  channel: string;
  details: string;
  subkeys: string[];
  /** Seconds since the epoch, by the kernel's clock. */
  time: number;
  /** Present values by subkey, as far as they are known. */
  known: Record<string, unknown>;
}

/** An action, and who offers it. */
export interface Offer extends Action {
  sims: string[];
}

export interface ControlState {
  simulations: Sim[];
  requests: Request[];
  offers: Offer[];
  /** Channels that every simulation has. */
  channels: string[];
}

export interface Exchange {
  number: number;
  time: number;
  sim_id: string;
  name: string;
  kind: "ask" | "query" | "reply";
  /** The action or the channel. */
  what: string;
  asked: unknown;
  answer: { value: unknown; error: string } | null;
}

/** What the parts of the panel ask of it. */
export interface ControlCalls {
  reply(request: Request, value: unknown): Promise<unknown>;
  /** Say the same to all that answer, and to who asks. */
  replyToAll(request: Request, value: unknown): void;
  dismiss(request: Request): Promise<unknown>;
  /** Ask all that answer, on a channel. */
  query(channel: string, value: unknown): void;
  /** Have these do an action; gives how many refused or did not answer. */
  ask(name: string, values: Record<string, unknown>, sims: readonly string[]): Promise<number>;
  /** About presets for replies on a channel. */
  presets(kind: string, channel: string, content?: Record<string, unknown>): Promise<unknown>;
}

/** Those that can be spoken to now. */
export function answering(sims: readonly Sim[]): Sim[] {
  return sims.filter((sim) => sim.is_answering);
}

/** Why not all do what is asked: `2 of 7 have ended and take no actions. 1 is setting up and answers when it runs.` */
export function whoIsSilent(sims: readonly Sim[]): string {
  const over = sims.filter((sim) => sim.is_over).length;
  const early = sims.filter((sim) => !sim.is_over && !sim.is_answering);
  const waiting = sims.filter((sim) => sim.is_answering && sim.is_waiting).length;
  const parts: string[] = [];
  if (over) {
    const who = over === sims.length ? (over === 1 ? "It" : "All") : `${over} of ${sims.length}`;
    parts.push(`${who} ${over === 1 ? "has ended and takes" : "have ended and take"} no actions.`);
  }
  for (const [state, words] of [
    ["setting_up", "setting up"],
    ["queued", "queued"],
    ["created", "not started"],
  ] as const) {
    const n = early.filter((sim) => sim.state === state).length;
    if (n) {
      parts.push(
        n === 1
          ? `1 is ${words} and answers when it runs.`
          : `${n} are ${words} and answer when they run.`,
      );
    }
  }
  if (waiting) {
    parts.push(
      waiting === 1 ? "1 waits for a reply first." : `${waiting} wait for a reply first.`,
    );
  }
  return parts.join(" ");
}
