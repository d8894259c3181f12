/** What is filled in: typed here first, told to the kernel a moment later, and heard when Python changes it. */
import type { PanelContext } from "../panel";
import type { Filled, StartTraits } from "./model";

type Traits = Pick<PanelContext<StartTraits>, "get" | "set">;

export class FilledIn {
  readonly #traits: Traits;
  #now: Filled;
  /** What the traits said last, as JSON: what is typed is saved later, until then they are old, and no news. */
  #saved: string;
  #isSaving = false;

  constructor(traits: Traits) {
    this.#traits = traits;
    this.#now = this.#read();
    this.#saved = JSON.stringify(this.#now);
  }

  get now(): Filled {
    return this.#now;
  }

  /** Half of the traits are new. */
  get isSaving(): boolean {
    return this.#isSaving;
  }

  change(changed: Partial<Filled>): void {
    this.#now = { ...this.#now, ...changed };
  }

  /** Tell the kernel, where Python sees it. */
  save(): void {
    this.#saved = JSON.stringify(this.#now);
    this.#isSaving = true;
    for (const [name, value] of Object.entries(this.#now)) {
      const known = this.#traits.get(name as keyof Filled);
      if (JSON.stringify(known) !== JSON.stringify(value)) this.#traits.set(name, value);
    }
    this.#isSaving = false;
  }

  /** Take over what the traits say; says whether that is news. */
  hear(): boolean {
    const heard = this.#read();
    const isOther = JSON.stringify(heard) !== this.#saved;
    this.#saved = JSON.stringify(heard);
    if (isOther) this.#now = heard;
    return isOther;
  }

  #read(): Filled {
    const get = this.#traits.get;
    return {
      key: get("key"),
      values: { ...get("values") },
      name_template: get("name_template"),
      mode: get("mode"),
      n: get("n"),
      launcher: get("launcher"),
      only_missing: get("only_missing"),
    };
  }
}
