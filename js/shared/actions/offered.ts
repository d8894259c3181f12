/** What simulations offer to do, and how it is said. Pure. */
import type { Schema } from "../form/fields";
import { formatValue } from "../format";
import type { IconName } from "../icons";

/** As Python's `Action` has it. */
export interface Action {
  name: string;
  words: string;
  arguments: Schema;
}

/** What stands in front of others, by a word in the name, and its icon. */
const ICONS: readonly [string, IconName][] = [
  ["record", "video"],
  ["evaluate", "gauge"],
  ["set", "sliders"],
  ["save", "save"],
];

const SHORT = 6;

export function hasArguments(action: Action): boolean {
  return Object.keys(action.arguments.properties ?? {}).length > 0;
}

export function iconOf({ name }: Action): IconName {
  if (name === "help") return "info";
  return ICONS.find(([word]) => name.startsWith(word))?.[1] ?? "play";
}

/** Actions with the smallest stand first; help is the last. */
export function rank({ name }: Action): number {
  if (name === "help") return ICONS.length + 1;
  const found = ICONS.findIndex(([word]) => name.startsWith(word));
  return found < 0 ? ICONS.length : found;
}

/** `record_video` becomes `Record video`. */
export function title(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a simulation answered, as people read it: `mean 462.0, std 31.4`; `done` for nothing. */
export function answerText(value: unknown): string {
  if (value === null || value === undefined) return "done";
  if (typeof value === "string") return value;
  if (!isNames(value)) return json(value);
  const entries = Object.entries(value);
  const isFlat = entries.every(([, each]) => typeof each !== "object" || each === null);
  if (!entries.length || !isFlat) return json(value);
  return entries.map(([name, each]) => `${name} ${plain(each)}`).join(", ");
}

/** Arguments as in a call: `episodes=5, seed=1`. */
export function argumentText(asked: unknown): string {
  if (!isNames(asked)) return asked === true ? "" : json(asked);
  return Object.entries(asked)
    .map(([name, value]) => `${name}=${json(value)}`)
    .join(", ");
}

/** JSON on one line, with spaces as people write it. */
export function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(", ")}]`;
  if (!isNames(value)) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).map(
    ([name, each]) => `${JSON.stringify(name)}: ${json(each)}`,
  );
  return `{${entries.join(", ")}}`;
}

export function isNames(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function plain(value: unknown): string {
  if (typeof value === "number") {
    const text = String(value); // a short fraction is what somebody chose, a long one was measured
    return Number.isInteger(value) || text.length > SHORT ? formatValue(value) : text;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
