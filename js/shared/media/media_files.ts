/** Media of a panel: what the kernel lists, and their files as Blob URLs, fetched in pieces and kept as far as they fit. */
import type { Channel } from "../messages";
import { BlobMemory } from "./blob_memory";

export type MediaKind = "image" | "video" | "audio" | "text" | "histogram";

/** As Python's `CardMedia.shown` gives it. */
export interface MediaItem {
  number: number;
  sim_id: string;
  key: string;
  step: number;
  kind: MediaKind;
  name: string;
  info: Record<string, unknown>;
  has_thumbnail: boolean;
}

/** As much of a text as is shown. */
const MOST_TEXT = 100_000;
const MOST_FILES = 256e6;
const MOST_THUMBNAILS = 64e6;
const AT_ONCE = 6;
const AHEAD = 3;

interface Wish {
  number: number;
  isWanted(): boolean;
  resolve(url: string): void;
  reject(error: Error): void;
}

interface Fetching {
  url: Promise<string>;
  wanted: (() => boolean)[];
  told: ((share: number) => void)[];
}

export class MediaFiles {
  readonly #channel: Channel;
  readonly #signal: AbortSignal;
  readonly #thumbnails = new BlobMemory(MOST_THUMBNAILS);
  readonly #files: BlobMemory;
  readonly #fetching = new Map<number, Fetching>();
  readonly #wishes: Wish[] = [];
  readonly #without = new Set<number>();
  #asked = 0;

  constructor(channel: Channel, signal: AbortSignal, most = MOST_FILES) {
    this.#channel = channel;
    this.#signal = signal;
    this.#files = new BlobMemory(most);
    signal.addEventListener("abort", () => {
      this.#files.clear();
      this.#thumbnails.clear();
    });
  }

  /** The URL of a small picture, or "" where there is none. A few are asked at once; the newest wish goes first. */
  thumbnail(number: number, isWanted = () => true): Promise<string> {
    const known = this.knownThumbnail(number);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#wishes.push({ number, isWanted, resolve, reject });
      this.#askNext();
    });
  }

  /** The same if it is here already. */
  knownThumbnail(number: number): string | undefined {
    return this.#without.has(number) ? "" : this.#thumbnails.get(number);
  }

  #askNext(): void {
    while (this.#asked < AT_ONCE) {
      const wish = this.#wishes.pop();
      if (!wish) return;
      const known = this.knownThumbnail(wish.number);
      if (known !== undefined) wish.resolve(known);
      else if (!wish.isWanted()) wish.reject(new Error(NOT_WANTED));
      else {
        this.#asked += 1;
        this.#fetchThumbnail(wish.number)
          .then(wish.resolve, wish.reject)
          .finally(() => {
            this.#asked -= 1;
            this.#askNext();
          });
      }
    }
  }

  async #fetchThumbnail(number: number): Promise<string> {
    const { result, bytes } = await this.#channel.askBytes("thumbnail", { number });
    const { type } = result as { type: string };
    if (this.#signal.aborted) return "";
    if (type) return this.#thumbnails.put(number, new Blob([bytes], { type }));
    this.#without.add(number);
    return "";
  }

  /** Fetch a whole file. It stops between two pieces when nobody wants it any more. */
  file(
    number: number,
    onProgress: (share: number) => void,
    isWanted: () => boolean,
  ): Promise<string> {
    const known = this.#files.get(number);
    if (known !== undefined) return Promise.resolve(known);
    const going = this.#fetching.get(number);
    if (going) {
      going.wanted.push(isWanted);
      going.told.push(onProgress);
      return going.url;
    }
    const wanted = [isWanted];
    const told = [onProgress];
    const url = this.#fetch(number, wanted, told).finally(() => this.#fetching.delete(number));
    this.#fetching.set(number, { url, wanted, told });
    return url;
  }

  /** Keep a file that is in use from being let go for others, until the returned function is called. */
  hold(number: number): () => void {
    return this.#files.hold(number);
  }

  /** A few pieces are on their way at once: where the kernel is far away, waiting for each would take long. */
  async #fetch(
    number: number,
    wanted: (() => boolean)[],
    told: ((share: number) => void)[],
  ): Promise<string> {
    const ask = (offset: number) => {
      const asked = this.#channel.askBytes("piece", { number, offset });
      asked.catch(() => {}); // one that nobody waits for any more
      return asked;
    };
    const coming = [ask(0)];
    const pieces: BlobPart[] = [];
    let [got, size, type, next, piece] = [0, 1, "", 0, 0];
    while (got < size) {
      const { result, bytes } = await (coming.shift() ?? ask(got));
      const isWanted = wanted.some((each) => each());
      if (!isWanted || this.#signal.aborted) throw new Error(NOT_WANTED);
      ({ size, type } = result as { size: number; type: string });
      const length = bytes.byteLength;
      piece ||= length;
      got += length;
      if (got < size && (!length || length < piece)) throw new Error(SHORTER);
      pieces.push(bytes);
      for (const tell of told) tell(size ? Math.min(got / size, 1) : 1);
      next = Math.max(next, got);
      for (; coming.length < AHEAD && next < size; next += piece) coming.push(ask(next));
    }
    return this.#files.put(number, new Blob(pieces, { type }));
  }

  /** The beginning of a text. */
  async text(number: number): Promise<string> {
    const { bytes } = await this.#channel.askBytes("piece", { number, offset: 0 });
    return new TextDecoder().decode(bytes).slice(0, MOST_TEXT);
  }
}

const NOT_WANTED = "Not wanted any more.";
const SHORTER = "The file became shorter meanwhile.";
