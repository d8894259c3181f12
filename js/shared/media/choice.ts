/**
 * Which media are shown, and in which order. Pure. Python's `media_choice.py` chooses by the same rules; both are held
 * to the cases in tests/widgets/media_choice_cases.json.
 */
import { type Item, KINDS, type Sim } from "./library";
import type { MediaKind } from "./media_files";

export type Sort = "step" | "name" | "value";

export interface Choice {
  /** Empty for all. */
  sims: ReadonlySet<string>;
  /** Empty for all. */
  keys: ReadonlySet<string>;
  kind: MediaKind | "all";
  between: readonly [number, number] | null;
  /** Null for the newest. */
  atStep: number | null;
  everyStep: boolean;
  sort: Sort;
}

/** Those that fit simulations, keys and steps, of any kind. */
export function candidates(items: readonly Item[], choice: Choice): Item[] {
  const { sims, keys, between } = choice;
  return items.filter(
    (item) =>
      (sims.size === 0 || sims.has(item.simId)) &&
      (keys.size === 0 || keys.has(item.key)) &&
      (between === null || (item.step >= between[0] && item.step <= between[1])),
  );
}

/** How many there are of each kind, and of all. */
export function countKinds(items: readonly Item[]): Record<MediaKind | "all", number> {
  const counts = { all: items.length, video: 0, image: 0, histogram: 0, text: 0, audio: 0 };
  for (const item of items) counts[item.kind] += 1;
  return counts;
}

/** Choose from candidates and put them in order: by kind, by key, then as asked. */
export function chosen(
  fitting: readonly Item[],
  choice: Choice,
  sim: (id: string) => Sim,
): Item[] {
  const ofKind =
    choice.kind === "all" ? fitting : fitting.filter((item) => item.kind === choice.kind);
  const found = choice.everyStep ? [...ofKind] : nearest(ofKind, choice.atStep);
  return found.sort(order(choice.sort, sim));
}

function nearest(items: readonly Item[], atStep: number | null): Item[] {
  const best = new Map<number, Item>();
  for (const item of items) {
    if (atStep !== null && item.step > atStep) continue;
    const known = best.get(item.series);
    if (!known || known.step <= item.step) best.set(item.series, item);
  }
  return [...best.values()];
}

function order(sort: Sort, sim: (id: string) => Sim): (a: Item, b: Item) => number {
  const bySection = (a: Item, b: Item) =>
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compared(a.key, b.key);
  const byPlace = (a: Item, b: Item) => sim(a.simId).place - sim(b.simId).place;
  const byStep = (a: Item, b: Item) => b.step - a.step;
  const byNumber = (a: Item, b: Item) => b.number - a.number;
  if (sort === "name") {
    const byName = (a: Item, b: Item) =>
      compared(sim(a.simId).name.toLowerCase(), sim(b.simId).name.toLowerCase());
    return (a, b) =>
      bySection(a, b) || byName(a, b) || byPlace(a, b) || byStep(a, b) || byNumber(a, b);
  }
  if (sort === "value") {
    const byValue = (a: Item, b: Item) => worth(b) - worth(a) || 0;
    return (a, b) =>
      bySection(a, b) || byValue(a, b) || byStep(a, b) || byPlace(a, b) || byNumber(a, b);
  }
  return (a, b) => bySection(a, b) || byStep(a, b) || byPlace(a, b) || byNumber(a, b);
}

/** What has no value comes last. */
function worth({ value }: Item): number {
  return Number.isNaN(value) ? -Number.MAX_VALUE : value;
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Files of one key and kind. */
export interface Group {
  id: string;
  key: string;
  kind: MediaKind;
  items: Item[];
  /** How many there are, shown or not. */
  total: number;
}

/** Put what is shown into sections; a key that has nothing to show now is there all the same. */
export function groups(
  shown: readonly Item[],
  fitting: readonly Item[],
  kind: MediaKind | "all",
): Group[] {
  const found = new Map<string, Group>();
  for (const { key, kind: each } of fitting) {
    if (kind !== "all" && each !== kind) continue;
    const id = `${each} ${key}`;
    const known = found.get(id);
    if (known) known.total += 1;
    else found.set(id, { id, key, kind: each, items: [], total: 1 });
  }
  for (const item of shown) found.get(`${item.kind} ${item.key}`)?.items.push(item);
  return [...found.values()].sort(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compared(a.key, b.key),
  );
}

/** The steps at which something was recorded, ascending. */
export function stepsOf(items: readonly Item[]): number[] {
  return [...new Set(items.map((item) => item.step))].sort((a, b) => a - b);
}

/** The last step that is not beyond another one; the first where there is none. */
export function stepBefore(steps: readonly number[], wanted: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) <= wanted) low = middle + 1;
    else high = middle;
  }
  return steps[Math.max(low - 1, 0)] ?? 0;
}
