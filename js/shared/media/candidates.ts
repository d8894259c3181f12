/** What can be chosen from: it does not depend on the step that is shown, so stays while that is dragged. */
import { type Choice, candidates, countKinds, stepsOf } from "./choice";
import type { Item } from "./library";

/** What can be chosen from, and what is said of it. */
export interface Candidates {
  items: readonly Item[];
  asked: string;
  fitting: readonly Item[];
  counts: ReturnType<typeof countKinds>;
  keys: ReadonlyMap<string, number>;
  steps: readonly number[];
}

export class CandidatesOf {
  #known: Candidates | null = null;

  /** Give them for a choice; files with a number from `newest` on are left out. */
  find(items: readonly Item[], choice: Choice, newest: number): Candidates {
    const { sims, keys, kind, between, everyStep } = choice;
    const asked = JSON.stringify([[...sims], [...keys], kind, between, everyStep, newest]);
    const known = this.#known;
    if (known?.items === items && known.asked === asked) return known;
    const here = items.filter(({ number }) => number < newest);
    const ofSims = candidates(here, { ...choice, keys: new Set(), between: null });
    const ofKeys = candidates(ofSims, { ...choice, between: null });
    const fitting = between ? candidates(ofKeys, choice) : ofKeys;
    const ranged = everyStep ? ofKeys : fitting; // a range is dragged within all steps there are
    const counted = new Map<string, number>();
    for (const { key } of ofSims) counted.set(key, (counted.get(key) ?? 0) + 1);
    this.#known = {
      items,
      asked,
      fitting,
      counts: countKinds(fitting),
      keys: new Map([...counted].sort(([a], [b]) => (a < b ? -1 : 1))),
      steps: stepsOf(ranged.filter((item) => kind === "all" || item.kind === kind)),
    };
    return this.#known;
  }
}
