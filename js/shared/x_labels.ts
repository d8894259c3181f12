/** What stands along the x axis: round numbers, the first and the last turned inwards. Pure. */
import type { Scene } from "./scene";
import { clockTicks, formatClockTick, formatTick, innerTicks, timeUnit } from "./ticks";

const LABELS_APART = 84;

export interface Label {
  x: number;
  text: string;
  /** Set for a label that would be cut: where its text ends or begins. */
  align?: "left" | "right";
}

/** Place the labels of a scene whose plotting area is so many pixels wide. */
export function xLabels(
  { x, xKind, look }: Pick<Scene, "x" | "xKind" | "look">,
  room: number,
  widthOf: (text: string) => number,
): Label[] {
  const most = Math.max(Math.floor(room / LABELS_APART) + 1, 2);
  const [low, high] = x;
  const words = xKind === "wall" ? onClock(low, high, most) : counted(low, high, most, xKind);
  const last = words.length - 1;
  const placed = words.map(({ at, text, unit }, i) => {
    const whole = look.hasUnit && unit && i === last ? `${text} ${unit}` : text;
    const middle = ((at - low) / (high - low)) * room;
    const half = widthOf(whole) / 2;
    const align: "left" | "right" | null =
      middle + half > room + 2 ? "right" : middle - half < -2 ? "left" : null;
    const begin = align === "right" ? room - 2 * half : align === "left" ? middle : middle - half;
    return { x: at, text: whole, align, begin, end: begin + 2 * half };
  });
  // The last label carries the unit and turns inwards: the one before it gives way.
  return placed.map(({ x: at, text, align, end }, i) => {
    const isCovered = i === last - 1 && end + 8 > (placed[last]?.begin ?? end + 8);
    return { x: at, text: isCovered ? "" : text, ...(align && { align }) };
  });
}

interface Word {
  at: number;
  text: string;
  unit: string;
}

function counted(low: number, high: number, most: number, kind: Scene["xKind"]): Word[] {
  const unit = kind === "time" ? timeUnit(high) : { name: "steps", seconds: 1 };
  const smallest = kind === "step" ? 1 : 0; // there is no half step
  const [from, to] = [low / unit.seconds, high / unit.seconds];
  return innerTicks(from, to, most, smallest).map((tick) => ({
    at: tick * unit.seconds,
    text: formatTick(tick, Math.abs(to)),
    unit: unit.name,
  }));
}

function onClock(low: number, high: number, most: number): Word[] {
  const { values, apart } = clockTicks(low, high, most);
  return values.map((at) => ({ at, text: formatClockTick(at, apart), unit: "" }));
}
