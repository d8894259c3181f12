/** How media are described and put together on an axis. Pure. */
import { formatCount, formatValue } from "../format";
import type { MediaItem } from "./media_files";

/** `0:07`, `12:30`; "" where there is no length. */
export function lengthText({ info }: MediaItem): string {
  const seconds = info.duration_s;
  if (typeof seconds !== "number") return "";
  return clockText(seconds);
}

/** `0:07`, `12:30` */
export function clockText(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(Math.round(seconds), 0) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Its step, episode and return; one line each. */
export function captionLines({ step, info }: MediaItem): string[] {
  const lines = [`step ${formatCount(step)}`];
  if (typeof info.episode === "number") lines.push(`episode ${formatCount(info.episode)}`);
  if (typeof info.return === "number") lines.push(`return ${formatValue(info.return)}`);
  return lines;
}

export interface Mark {
  /** Pixels from the left. */
  left: number;
  numbers: number[];
}

/** Join marks that are nearer than so many pixels to the one before; from left to right. */
export function clusters(
  marks: readonly { left: number; number: number }[],
  apart: number,
): Mark[] {
  const found: (Mark & { last: number })[] = [];
  for (const { left, number } of [...marks].sort((a, b) => a.left - b.left)) {
    const near = found.at(-1);
    if (near && left - near.last < apart) {
      near.numbers.push(number);
      near.left += (left - near.left) / near.numbers.length;
      near.last = left;
    } else found.push({ left, numbers: [number], last: left });
  }
  return found;
}
