/** What the kernel listed: files with their facts, and the simulations that recorded them. */
import type { Message } from "../messages";
import type { MediaKind } from "./media_files";

/** In the order of the sections, as in Python's `media_choice.KINDS`. */
export const KINDS: readonly MediaKind[] = ["video", "image", "histogram", "text", "audio"];

/** One file. Numbers are NaN where there is none. */
export interface Item {
  number: number;
  simId: string;
  key: string;
  kind: MediaKind;
  /** Which series it belongs to: those of one simulation, key and kind have the same. */
  series: number;
  step: number;
  value: number;
  valueName: string;
  episode: number;
  seconds: number;
  hasThumbnail: boolean;
}

export interface Sim {
  id: string;
  name: string;
  colour: number;
  /** In the order of creation. */
  place: number;
}

const WHOLE_COLUMNS = 5;
const REAL_COLUMNS = 4;

export class Library {
  readonly sims = new Map<string, Sim>();
  items: Item[] = [];
  /** Whether everything there was has come. */
  isComplete = false;
  #byNumber = new Map<number, Item>();
  #seriesNumbers = new Map<string, number>();
  #series = new Map<number, Item[]>();

  /** The file of a number. */
  get(number: number): Item | undefined {
    return this.#byNumber.get(number);
  }

  /** The files of the same simulation, key and kind, by step. */
  series(item: Item): readonly Item[] {
    return this.#series.get(item.series) ?? [item];
  }

  get seriesCount(): number {
    return this.#seriesNumbers.size;
  }

  sim(id: string): Sim {
    return this.sims.get(id) ?? { id, name: id.slice(0, 8), colour: 0, place: Number.MAX_VALUE };
  }

  /** Take what a message brings; whether it was for the library. */
  receive(message: Message, buffers: DataView[]): boolean {
    if (message.kind === "media") this.#takeMedia(message, buffers);
    else if (message.kind === "sims")
      this.#takeSims(message.sims as [string, string, number, number][]);
    else if (message.kind === "gone") this.#takeGone(message.numbers as number[]);
    else return false;
    return true;
  }

  #takeSims(told: [string, string, number, number][]): void {
    this.sims.clear();
    for (const [id, name, colour, place] of told) this.sims.set(id, { id, name, colour, place });
  }

  #takeGone(numbers: readonly number[]): void {
    const gone = new Set(numbers);
    this.items = this.items.filter((item) => !gone.has(item.number));
    for (const number of gone) {
      const item = this.#byNumber.get(number);
      if (!item) continue;
      this.#byNumber.delete(number);
      const series = this.#series.get(item.series)?.filter((each) => !gone.has(each.number));
      if (series) this.#series.set(item.series, series);
    }
  }

  #takeMedia(message: Message, buffers: DataView[]): void {
    const { start, count } = message as unknown as { start: number; count: number };
    const sims = message.sims as string[];
    const keys = message.keys as string[];
    const names = message.values as string[];
    if (start === 0) this.#clear();
    const whole = new Int32Array(copied(buffers[0], count * WHOLE_COLUMNS * 4));
    const real = new Float64Array(copied(buffers[1], count * REAL_COLUMNS * 8));
    const int = (column: number, row: number) => whole[column * count + row] ?? 0;
    const float = (column: number, row: number) => real[column * count + row] ?? Number.NaN;
    const touched = new Set<Item[]>();
    for (let row = 0; row < count; row++) {
      const item: Item = {
        number: start + row,
        simId: sims[int(0, row)] ?? "",
        key: keys[int(1, row)] ?? "",
        kind: KINDS[int(2, row)] ?? "text",
        series: 0,
        step: float(0, row),
        value: float(1, row),
        valueName: names[int(4, row)] ?? "",
        episode: float(2, row),
        seconds: float(3, row),
        hasThumbnail: int(3, row) === 1,
      };
      touched.add(this.#add(item));
    }
    for (const items of touched) items.sort((a, b) => a.step - b.step || a.number - b.number);
    this.items = this.items.slice(); // another one, so that what was made of it is made anew
    this.isComplete = message.is_all === true;
  }

  #add(item: Item): Item[] {
    const name = JSON.stringify([item.simId, item.key, item.kind]);
    const known = this.#seriesNumbers.get(name);
    item.series = known ?? this.#seriesNumbers.size;
    if (known === undefined) this.#seriesNumbers.set(name, item.series);
    const series = this.#series.get(item.series) ?? [];
    this.#series.set(item.series, series);
    series.push(item);
    this.#byNumber.set(item.number, item);
    this.items.push(item);
    return series;
  }

  #clear(): void {
    this.items = [];
    this.#byNumber.clear();
    this.#seriesNumbers.clear();
    this.#series.clear();
  }
}

/** A message's buffers are views at any offset; missing ones are empty. */
function copied(buffer: DataView | undefined, length: number): ArrayBuffer {
  if (!buffer || buffer.byteLength < length) return new ArrayBuffer(length);
  const { byteOffset } = buffer;
  return buffer.buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
}
