/** The fields of a reply, made of what a question names and of the present values, nested ones as a tree. Pure. */
import { isNames, json } from "../actions/offered";
import { type Field, typed } from "../form/fields";
import { formatCount } from "../format";

const MOST_LEAVES = 16;
const REPLY = "reply";

/** One line of the form: a value, or the name of what is nested below it. */
export interface ReplyField {
  /** Where the value goes. */
  path: readonly string[];
  /** How it is typed; null for a line that only names what is below it. */
  field: Field | null;
  /** The present value as text; "" where it is not known. */
  now: string;
}

/** What was typed, as the reply, or what is wrong in which line. */
export type Read = { value: unknown } | { errors: Map<string, string> };

/** Lines for the values that a question names; one line for anything when it names none. */
export function replyFields(
  subkeys: readonly string[],
  known: Record<string, unknown>,
): ReplyField[] {
  if (!subkeys.length)
    return [{ path: [], field: { ...field(REPLY, "json"), isRequired: true }, now: "" }];
  return subkeys.flatMap((name) => linesOf([name], known[name]));
}

/** Understand what was typed; `text` gives it by path. Empty lines are left out. */
export function readReply(
  fields: readonly ReplyField[],
  known: Record<string, unknown>,
  text: (path: readonly string[]) => string,
): Read {
  const errors = new Map<string, string>();
  let reply: Record<string, unknown> = {};
  for (const { path, field } of fields) {
    if (!field) continue;
    const got = typed(field, text(path));
    if (got && "error" in got) errors.set(key(path), got.error);
    else if (got && !path.length) return { value: got.value };
    // What is nested goes as a whole: its other values are those of now.
    else if (got) reply = withValue(reply, path, got.value, path.length > 1 ? known : {});
  }
  return errors.size ? { errors } : { value: reply };
}

/** What to type for a reply to be this one, by path; what has no line is left out. */
export function typedReply(fields: readonly ReplyField[], reply: unknown): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { path, field } of fields) {
    if (!field) continue;
    const value = path.length
      ? path.reduce<unknown>((in_, name) => (isNames(in_) ? in_[name] : undefined), reply)
      : reply;
    if (value !== undefined) texts.set(key(path), textOf(value));
  }
  return texts;
}

export function key(path: readonly string[]): string {
  return JSON.stringify(path);
}

function linesOf(path: readonly string[], value: unknown): ReplyField[] {
  const name = path.at(-1) ?? REPLY;
  if (isNames(value) && Object.keys(value).length && leaves(value) <= MOST_LEAVES) {
    const below = Object.entries(value).flatMap(([each, one]) => linesOf([...path, each], one));
    return [{ path, field: null, now: "" }, ...below];
  }
  const isCount = typeof value === "number" && Number.isInteger(value);
  const now = value === undefined ? "" : isCount ? formatCount(value) : textOf(value);
  return [{ path, field: field(name, kindOf(value)), now }];
}

function kindOf(value: unknown): Field["kind"] {
  if (typeof value === "boolean") return "choice";
  return typeof value === "number" ? "number" : "json";
}

function field(name: string, kind: Field["kind"]): Field {
  const schema = kind === "choice" ? { enum: [true, false] } : {};
  const choices = kind === "choice" ? ["true", "false"] : [];
  return { name, kind, isRequired: false, preset: "", hint: "", help: "", choices, schema };
}

function leaves(value: unknown): number {
  if (!isNames(value)) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + leaves(each), 0);
}

function withValue(
  into: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
  known: Record<string, unknown>,
): Record<string, unknown> {
  const [first = "", ...rest] = path;
  if (!rest.length) return { ...into, [first]: value };
  const inside = into[first] ?? known[first];
  const whole = isNames(inside) ? inside : {};
  return { ...into, [first]: withValue(whole, rest, value, {}) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : json(value);
}
