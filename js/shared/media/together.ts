/** Videos that play in step: one clock for all, they start and pause together, one that has ended waits for the others. */
import { h } from "../dom";
import type { Item } from "./library";
import type { MediaFiles } from "./media_files";
import { clockText } from "./media_words";
import type { Tile } from "./tile";

/** More than this apart from the clock is put right. */
const APART_S = 0.15;
const LOOK_EVERY_MS = 100;

export type Playing = "idle" | "loading" | "playing" | "paused" | "ended";

interface Player {
  tile: Tile;
  item: Item;
  video: HTMLVideoElement;
  release(): void;
}

export class Together {
  readonly #files: MediaFiles;
  readonly #onChange: () => void;
  #players: Player[] = [];
  #state: Playing = "idle";
  #turn = 0;
  #loaded = 0;
  #wanted = 0;
  #rate = 1;
  /** The clock: where it stood, and since when it has been going, in ms. */
  #stood = 0;
  #since = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(files: MediaFiles, onChange: () => void, signal: AbortSignal) {
    this.#files = files;
    this.#onChange = onChange;
    signal.addEventListener("abort", () => this.stop());
  }

  get state(): Playing {
    return this.#state;
  }

  /** How many of the wanted videos are here. */
  get progress(): [number, number] {
    return [this.#loaded, this.#wanted];
  }

  /** How many play. */
  get count(): number {
    return this.#players.length;
  }

  get duration(): number {
    return Math.max(...this.#players.map(({ video }) => lengthOf(video)), 0);
  }

  get rate(): number {
    return this.#rate;
  }

  /** Seconds on the common clock. */
  get time(): number {
    const going = this.#state === "playing" ? (performance.now() - this.#since) / 1000 : 0;
    return Math.min(this.#stood + going * this.#rate, this.duration);
  }

  isPlaying(item: Item): boolean {
    return this.#players.some((player) => player.item.number === item.number);
  }

  /** Fetch what is needed, then start all at once. */
  async start(tiles: readonly Tile[]): Promise<void> {
    this.stop();
    const turn = ++this.#turn;
    const isWanted = () => this.#turn === turn;
    this.#setState("loading");
    [this.#loaded, this.#wanted] = [0, tiles.length];
    const players = await Promise.all(
      tiles.map((tile) =>
        this.#player(tile, isWanted).finally(() => {
          if (!isWanted()) return;
          this.#loaded += 1;
          this.#onChange();
        }),
      ),
    );
    const found = players.filter((player) => player !== null);
    if (!isWanted()) return found.forEach(dismiss);
    this.#players = found;
    if (!found.length) return this.stop();
    for (const { video } of found) video.muted = found.length > 1;
    this.#stood = 0;
    this.resume();
  }

  resume(): void {
    if (this.#state === "ended") this.seek(0);
    this.#since = performance.now();
    this.#setState("playing");
    for (const { video } of this.#players) {
      video.playbackRate = this.#rate;
      if (!isOver(video)) start(video);
    }
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#look();
  }

  pause(): void {
    if (this.#state !== "playing") return;
    this.#stood = this.time;
    this.#setState("paused");
    for (const { video } of this.#players) video.pause();
    this.#align(0.04);
    this.#say();
  }

  /** Go to a time on the common clock. */
  seek(seconds: number): void {
    this.#stood = seconds;
    this.#since = performance.now();
    if (this.#state === "ended") this.#setState("paused");
    this.#align(0);
    this.#say();
    if (this.#state !== "playing") return;
    for (const { video } of this.#players) if (!isOver(video)) start(video);
  }

  setRate(rate: number): void {
    this.#stood = this.time;
    this.#since = performance.now();
    this.#rate = rate;
    for (const { video } of this.#players) video.playbackRate = rate;
    this.#onChange();
  }

  stop(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#players.forEach(dismiss);
    this.#players = [];
    this.#stood = 0;
    this.#setState("idle");
  }

  async #player(tile: Tile, isWanted: () => boolean): Promise<Player | null> {
    const { item } = tile;
    if (!item) return null;
    try {
      const onProgress = (share: number) =>
        isWanted() && tile.badge("play", `${Math.floor(share * 100)}\u00a0%`);
      const src = await this.#files.file(item.number, onProgress, isWanted);
      const release = this.#files.hold(item.number);
      const video = h("video", { src, playsinline: true, preload: "auto", tabindex: -1 });
      video.muted = true;
      const isGood = await ready(video);
      if (isGood && isWanted()) {
        tile.stage.append(video);
        return { tile, item, video, release };
      }
      release();
      if (isWanted()) tile.say("The browser cannot play it");
    } catch (error) {
      if (isWanted()) tile.say((error as Error).message);
    }
    tile.idle();
    return null;
  }

  #setState(state: Playing): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange();
  }

  #look(): void {
    if (this.#state !== "playing") return;
    this.#align(APART_S);
    this.#say();
    this.#onChange();
    if (!this.#players.every(({ video }) => isOver(video))) return;
    this.#stood = this.duration;
    this.#setState("ended");
  }

  /** A video that lags behind the clock, or runs ahead of it, is put where it belongs. */
  #align(apart: number): void {
    const time = this.time;
    for (const { video } of this.#players) {
      const wanted = Math.min(time, lengthOf(video));
      if (video.seeking || (isOver(video) && time >= lengthOf(video))) continue;
      if (Math.abs(video.currentTime - wanted) > apart) video.currentTime = wanted;
    }
  }

  #say(): void {
    for (const { tile, video } of this.#players) {
      const sign = isOver(video) ? "check" : this.#state === "playing" ? "pause" : "play";
      tile.badge(sign, `${clockText(video.currentTime)} / ${clockText(lengthOf(video))}`);
    }
  }
}

function lengthOf(video: HTMLVideoElement): number {
  return Number.isFinite(video.duration) ? video.duration : 0;
}

function isOver(video: HTMLVideoElement): boolean {
  return video.ended || video.currentTime >= lengthOf(video);
}

function start(video: HTMLVideoElement): void {
  video.play()?.catch(() => {}); // one that may not play stands still; the clock puts it right
}

/** Whether it can be played. */
function ready(video: HTMLVideoElement): Promise<boolean> {
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", () => resolve(true), { once: true });
    video.addEventListener("error", () => resolve(false), { once: true });
    video.load();
  });
}

function dismiss({ tile, video, release }: Player): void {
  video.pause();
  video.removeAttribute("src");
  video.remove();
  release();
  tile.idle();
}
