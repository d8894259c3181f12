/** Which rows are selected, and how clicks, drags and keys change that. Pure. */

export class Selection {
  #selected = new Set<string>();
  /** Where a range begins. */
  #anchor = -1;
  /** What was selected when a drag or a range began. */
  #before = new Set<string>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get ids(): string[] {
    return [...this.#selected];
  }

  get size(): number {
    return this.#selected.size;
  }

  get anchor(): number {
    return this.#anchor;
  }

  has(id: string): boolean {
    return this.#selected.has(id);
  }

  /** Take what somebody else selected, without telling. */
  set(ids: readonly string[]): void {
    this.#selected = new Set(ids);
  }

  /** Select these alone. */
  only(ids: readonly string[], anchor = this.#anchor): void {
    this.#anchor = anchor;
    this.#before = new Set();
    this.#put(ids);
  }

  toggle(id: string, anchor = this.#anchor): void {
    this.#anchor = anchor;
    const next = new Set(this.#selected);
    if (!next.delete(id)) next.add(id);
    this.#before = new Set(next);
    this.#put([...next]);
  }

  /** Begin a range that adds to what is selected. */
  anchorAt(anchor: number, isAdding: boolean): void {
    this.#anchor = anchor;
    this.#before = isAdding ? new Set(this.#selected) : new Set();
  }

  /** Select from the anchor to an item; `between` gives the ids from one place to another. */
  extend(to: number, between: (from: number, to: number) => string[]): void {
    const from = this.#anchor < 0 ? to : this.#anchor;
    this.#anchor = from;
    const range = between(Math.min(from, to), Math.max(from, to));
    this.#put([...this.#before, ...(from <= to ? range : range.reverse())]);
  }

  #put(ids: readonly string[]): void {
    const next = new Set(ids);
    if (next.size === this.#selected.size && [...next].every((id) => this.#selected.has(id)))
      return;
    this.#selected = next;
    this.#onChange();
  }
}
