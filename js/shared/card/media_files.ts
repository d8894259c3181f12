/** Media of a card: what the kernel lists, their files as Blob URLs, fetched in pieces and kept until the card goes. */
import type { Channel } from "../messages";

/** As Python's `CardMedia.shown` gives it. */
export interface MediaItem {
  number: number;
  sim_id: string;
  key: string;
  step: number;
  kind: "image" | "video" | "audio" | "text";
  name: string;
  info: Record<string, unknown>;
  has_thumbnail: boolean;
}

/** As much of a text as is shown. */
const MOST_TEXT = 100_000;

export class MediaFiles {
  readonly #channel: Channel;
  readonly #signal: AbortSignal;
  readonly #thumbnails = new Map<number, Promise<string>>();
  #open: { number: number; url: string } | null = null;

  constructor(channel: Channel, signal: AbortSignal) {
    this.#channel = channel;
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      this.#release();
      for (const each of this.#thumbnails.values()) each.then(URL.revokeObjectURL, () => {});
    });
  }

  /** The URL of a small picture, or "" where there is none. */
  thumbnail(number: number): Promise<string> {
    const known = this.#thumbnails.get(number);
    if (known) return known;
    const asked = this.#channel.askBytes("thumbnail", { number }).then(({ result, bytes }) => {
      const { type } = result as { type: string };
      return type && !this.#signal.aborted ? URL.createObjectURL(new Blob([bytes], { type })) : "";
    });
    this.#thumbnails.set(number, asked);
    asked.catch(() => this.#thumbnails.delete(number)); // it may come another time
    return asked;
  }

  /** Fetch a whole file; the one before is let go. `isWanted` may stop it between two pieces. */
  async file(
    number: number,
    onProgress: (share: number) => void,
    isWanted: () => boolean,
  ): Promise<string> {
    if (this.#open?.number === number) return this.#open.url;
    const pieces: BlobPart[] = [];
    let [got, size, type] = [0, 1, ""];
    while (got < size) {
      const { result, bytes } = await this.#channel.askBytes("piece", { number, offset: got });
      if (!isWanted() || this.#signal.aborted) throw new Error("Not wanted any more.");
      ({ size, type } = result as { size: number; type: string });
      if (!bytes.byteLength && got < size) throw new Error("The file became shorter meanwhile.");
      pieces.push(bytes);
      got += bytes.byteLength;
      onProgress(size ? got / size : 1);
    }
    this.#release();
    const url = URL.createObjectURL(new Blob(pieces, { type }));
    this.#open = { number, url };
    return url;
  }

  /** The beginning of a text. */
  async text(number: number): Promise<string> {
    const { bytes } = await this.#channel.askBytes("piece", { number, offset: 0 });
    return new TextDecoder().decode(bytes).slice(0, MOST_TEXT);
  }

  #release(): void {
    if (this.#open) URL.revokeObjectURL(this.#open.url);
    this.#open = null;
  }
}
