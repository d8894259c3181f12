/** What a card knows of one simulation, and how it says it. Pure. */
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from "../format";

export type State =
  | "created"
  | "queued"
  | "setting_up"
  | "running"
  | "paused"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "lost"
  | "deleted";

export interface ShownStatus {
  time: number | null;
  code: "success" | "fail" | "info";
  subcode: number;
  text: string;
  has_trace: boolean;
  number?: number;
}

/** A question to the person that waits for an answer. */
export interface Request {
  id: string;
  channel: string;
  details: string;
  subkeys: string[];
  time: number | null;
}

/** As Python's `CardSimulation.shown` gives it; times in seconds since the epoch. */
export interface Simulation {
  id: string;
  name: string;
  type: string;
  env: string;
  launcher: string;
  state: State;
  is_active: boolean;
  current: number | null;
  total: number | null;
  unit: string;
  activity: string;
  rate: number | null;
  left_s: number | null;
  silent_s: number | null;
  created: number | null;
  started: number | null;
  ended: number | null;
  stop_asked: number | null;
  error: { type: string; message: string; frame: string; lines: number; number: number } | null;
  requests: Request[];
  latest: ShownStatus | null;
  status_count: number;
}

/** Longer than this without an end after a wish to stop is "not answering". */
const PATIENCE_S = 5;

const WORDS: Record<State, string> = {
  created: "Created",
  queued: "Queued",
  setting_up: "Setting up",
  running: "Running",
  paused: "Paused",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  lost: "Lost",
  deleted: "Deleted",
};

export function isNotAnswering(sim: Simulation, now: number): boolean {
  return sim.is_active && sim.stop_asked !== null && now - sim.stop_asked > PATIENCE_S;
}

/** Whether nothing has come from it for so long that it is worth saying. */
export function isSilent(sim: Simulation): boolean {
  return sim.is_active && sim.silent_s !== null;
}

export function stateWord(sim: Simulation, now: number): string {
  if (isSilent(sim)) return "Not heard from";
  if (isNotAnswering(sim, now)) return "Not answering";
  return sim.is_active && sim.stop_asked !== null ? "Stopping" : WORDS[sim.state];
}

export function fraction(sim: Simulation): number | null {
  if (sim.current === null || !sim.total || sim.total <= 0) return null;
  return Math.min(Math.max(sim.current / sim.total, 0), 1);
}

/** The facts line of a card: what stands at its left, and at its right. */
export interface Facts {
  word: string;
  percent: string;
  steps: string;
  rate: string;
  elapsed: string;
  left: string;
}

export function facts(sim: Simulation, now: number): Facts {
  const done = fraction(sim);
  const since = sim.started ?? sim.created;
  const told: Facts = {
    word: stateWord(sim, now),
    percent: done === null || sim.state === "succeeded" ? "" : formatPercent(done),
    steps: stepsText(sim),
    rate: sim.rate === null || sim.rate < 0.005 ? "" : formatRate(sim.rate, sim.unit),
    elapsed: "",
    left: "",
  };
  if (!sim.is_active) return { ...told, ...endText(sim) };
  if (isSilent(sim) && sim.silent_s !== null) {
    told.word += ` for ${formatDuration(sim.silent_s)}`;
  }
  if (isNotAnswering(sim, now) && sim.stop_asked !== null) {
    told.left = `asked to stop ${formatDuration(now - sim.stop_asked)} ago`;
  } else if (sim.left_s !== null) {
    told.left = `${formatDuration(sim.left_s)} left`;
  }
  if (since !== null && sim.state !== "created" && sim.state !== "queued") {
    told.elapsed = `${formatDuration(now - since)} so far`;
  }
  return told;
}

function stepsText(sim: Simulation): string {
  if (sim.current === null) return "";
  const unit = sim.unit ? ` ${sim.unit}` : "";
  if (sim.state === "succeeded") {
    const took = duration(sim);
    return `${formatCount(sim.current)}${unit}${took ? ` in ${took}` : ""}`;
  }
  if (["failed", "cancelled", "lost"].includes(sim.state)) {
    const of = sim.total === null ? "" : ` of ${formatCount(sim.total)}`;
    return `at ${sim.unit ? "step " : ""}${formatCount(sim.current)}${of}`;
  }
  return sim.total === null
    ? `${formatCount(sim.current)}${unit}`
    : `${formatCount(sim.current)} of ${formatCount(sim.total)}${unit}`;
}

function duration(sim: Simulation): string {
  if (sim.started === null || sim.ended === null) return "";
  return formatDuration(sim.ended - sim.started);
}

function endText(sim: Simulation): { elapsed: string; left: string; rate?: string } {
  if (sim.state === "deleted") return { elapsed: "", left: "no longer in the project", rate: "" };
  if (sim.ended === null) return { elapsed: "", left: "" };
  if (sim.state === "succeeded") {
    const took = sim.current === null && duration(sim) ? `after ${duration(sim)}, ` : "";
    return { elapsed: `${took}ended ${formatClock(sim.ended)}`, left: "" };
  }
  const after = duration(sim) ? `after ${duration(sim)}, ` : "";
  return { elapsed: `${after}${formatClock(sim.ended)}`, left: "", rate: "" };
}

/** `stable_baselines · CartPole-v1 · process` */
export function kindText(sim: Simulation): string {
  return [sim.type, sim.env, sim.launcher].filter(Boolean).join(" · ");
}

/** `2 running, 1 succeeded`, in the order of a simulation's life. */
export function countsText(sims: readonly Simulation[], now: number): string {
  const counts = new Map<string, number>();
  for (const sim of sims) {
    const word = stateWord(sim, now).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const order = [
    "running",
    "stopping",
    "not answering",
    "not heard from",
    "setting up",
    "paused",
    "queued",
    "created",
  ];
  order.push("succeeded", "failed", "cancelled", "lost", "deleted");
  return order
    .filter((word) => counts.has(word))
    .map((word) => `${formatCount(counts.get(word) ?? 0)} ${word}`)
    .join(", ");
}

/** A group as one: sums of progress, the state that matters most, the longest time left. */
export function groupAsOne(sims: readonly Simulation[], title: string): Simulation {
  const first = sims[0] as Simulation;
  const sum = (values: (number | null)[]) =>
    values.some((v) => v === null) ? null : values.reduce<number>((a, v) => a + (v ?? 0), 0);
  const known = (values: (number | null)[]) => values.filter((v) => v !== null);
  const running = sims.filter((sim) => sim.is_active);
  const lefts = known(running.map((sim) => sim.left_s));
  const starts = known(sims.map((sim) => sim.started));
  const ends = known(sims.map((sim) => sim.ended));
  const rates = known((running.length ? running : sims).map((sim) => sim.rate));
  const common = (pick: (sim: Simulation) => string) =>
    sims.every((sim) => pick(sim) === pick(first)) ? pick(first) : "";
  return {
    ...first,
    id: "",
    name: title || common((sim) => sim.name) || `${formatCount(sims.length)} simulations`,
    type: common((sim) => sim.type),
    env: common((sim) => sim.env),
    launcher: common((sim) => sim.launcher),
    state: groupState(sims),
    is_active: running.length > 0,
    current: sum(sims.map((sim) => (sim.current === null && sim.is_active ? 0 : sim.current))),
    total: sum(sims.map((sim) => sim.total)),
    unit: common((sim) => sim.unit),
    rate: rates.length ? rates.reduce((a, rate) => a + rate, 0) : null,
    left_s: lefts.length ? Math.max(...lefts) : null,
    started: starts.length ? Math.min(...starts) : null,
    ended: running.length || !ends.length ? null : Math.max(...ends),
    stop_asked: null,
    silent_s: null,
    error: null,
    requests: [],
  };
}

function groupState(sims: readonly Simulation[]): State {
  const order: State[] = ["running", "setting_up", "paused", "queued", "created"];
  order.push("failed", "lost", "cancelled", "succeeded");
  return order.find((state) => sims.some((sim) => sim.state === state)) ?? "deleted";
}
