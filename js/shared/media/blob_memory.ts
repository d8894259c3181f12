/** Blobs with their URLs, up to so many bytes: the one that was longest not asked for goes first. */

interface Kept {
  url: string;
  size: number;
  holders: number;
}

export class BlobMemory {
  readonly #limit: number;
  /** From the longest not asked for to the newest. */
  readonly #kept = new Map<number, Kept>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The URL of a blob that is here. */
  get(number: number): string | undefined {
    const kept = this.#kept.get(number);
    if (!kept) return undefined;
    this.#kept.delete(number); // to the end
    this.#kept.set(number, kept);
    return kept.url;
  }

  put(number: number, blob: Blob): string {
    const known = this.get(number);
    if (known !== undefined) return known;
    const url = URL.createObjectURL(blob);
    this.#kept.set(number, { url, size: blob.size, holders: 0 });
    this.#bytes += blob.size;
    this.#makeRoom(number);
    return url;
  }

  /** Let a blob stay, whatever comes, until the function that this returns is called. */
  hold(number: number): () => void {
    const kept = this.#kept.get(number);
    if (!kept) return () => {};
    kept.holders += 1;
    let isHeld = true;
    return () => {
      if (isHeld) kept.holders -= 1;
      isHeld = false;
    };
  }

  clear(): void {
    for (const { url } of this.#kept.values()) URL.revokeObjectURL(url);
    this.#kept.clear();
    this.#bytes = 0;
  }

  #makeRoom(newest: number): void {
    for (const [number, { url, size, holders }] of this.#kept) {
      if (this.#bytes <= this.#limit) return;
      if (holders > 0 || number === newest) continue;
      URL.revokeObjectURL(url);
      this.#kept.delete(number);
      this.#bytes -= size;
    }
  }
}
