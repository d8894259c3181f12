/** Fields of a form, made from a JSON schema or from bare names, and what is typed into them. Pure. */
import { formatValue } from "../format";

type Kind = "number" | "integer" | "boolean" | "string" | "choice" | "json";

export interface Field {
  name: string;
  kind: Kind;
  isRequired: boolean;
  /** What stands in it at first, as it is typed. */
  preset: string;
  /** Few words beside it: type, range. */
  hint: string;
  /** A sentence below it. */
  help: string;
  /** Texts to choose from. */
  choices: readonly string[];
  schema: Schema;
}

/** As much of JSON schema as pydantic writes for arguments. */
export interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  $defs?: Record<string, Schema>;
  $ref?: string;
}

/** A value, nothing because it may be left out, or why it cannot be taken. */
export type Typed = { value: unknown } | { error: string } | null;

/** One field for each argument. */
export function fieldsOf(schema: Schema): Field[] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).map(([name, given]) => {
    const one = resolved(given, schema.$defs ?? {});
    const kind = kindOf(one);
    return {
      name,
      kind,
      isRequired: required.includes(name),
      preset: one.default === undefined || one.default === null ? "" : asTyped(one.default, kind),
      hint: ["number", "integer"].includes(kind)
        ? rangeWords(one)
        : kind === "json"
          ? (one.type ?? "")
          : "",
      help: one.description ?? "",
      choices: (one.enum ?? []).map((each) => asTyped(each, "choice")),
      schema: one,
    };
  });
}

/** Fields for values of any kind: JSON, or else text. */
export function anyFields(names: readonly string[], isRequired: boolean): Field[] {
  const rest = { preset: "", hint: "", help: "", choices: [], schema: {} };
  return names.map((name) => ({ name, kind: "json", isRequired, ...rest }));
}

/** Understand what was typed. */
export function typed(field: Field, text: string): Typed {
  const { kind, schema } = field;
  const trimmed = text.trim();
  if (kind === "boolean") return { value: text === "true" };
  if (trimmed === "") {
    if (kind === "string" && field.isRequired) return { value: "" };
    if (!field.isRequired) return null;
    return {
      error: kind === "json" ? "Needs a value: JSON or plain text." : `Needs ${wanted(field)}.`,
    };
  }
  if (kind === "string") return { value: text };
  if (kind === "choice") {
    return { value: (schema.enum ?? [])[field.choices.indexOf(text)] };
  }
  if (kind === "json") return fromJson(trimmed, schema);
  const value = Number(trimmed.replaceAll("\u2212", "-").replaceAll("_", ""));
  const isFit =
    Number.isFinite(value) &&
    (kind === "number" || Number.isInteger(value)) &&
    value >= (schema.minimum ?? value) &&
    value <= (schema.maximum ?? value) &&
    !(schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) &&
    !(schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum);
  return isFit ? { value } : { error: `Must be ${wanted(field)}.` };
}

function fromJson(text: string, { type }: Schema): Typed {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // What begins like JSON was meant to be JSON.
    if (/^[[{"]/.test(text)) return { error: `Not valid JSON: ${(error as Error).message}` };
  }
  if (type === "array" && !Array.isArray(value))
    return { error: "Must be a list, such as [1, 2]." };
  const isPlain = typeof value !== "object" || value === null || Array.isArray(value);
  if (type === "object" && isPlain)
    return { error: 'Must be names and values, such as {"a": 1}.' };
  return { value };
}

function resolved(schema: Schema, defs: Record<string, Schema>): Schema {
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])];
  if (schema.$ref) parts.push(defs[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const real = parts.filter((each) => each.type !== "null").map((each) => resolved(each, defs));
  // Of several types only JSON can tell which one is meant.
  return real.length === 1 ? { ...real[0], ...schema } : schema;
}

function kindOf(schema: Schema): Kind {
  if (schema.enum?.length) return "choice";
  const { type } = schema;
  const isPlain =
    type === "number" || type === "integer" || type === "boolean" || type === "string";
  return isPlain ? type : "json";
}

function asTyped(value: unknown, kind: Kind): string {
  return typeof value === "string" && kind !== "json" ? value : JSON.stringify(value);
}

function rangeWords({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `${formatValue(minimum)} to ${formatValue(maximum)}`;
  }
  const words: string[] = [];
  const add = (word: string, value: number | undefined) =>
    value !== undefined && words.push(`${word} ${formatValue(value)}`);
  add("from", minimum);
  add("above", exclusiveMinimum);
  add("to", maximum);
  add("below", exclusiveMaximum);
  return words.join(", ");
}

function wanted({ kind, schema }: Field): string {
  const range = rangeWords(schema);
  return `a ${kind === "integer" ? "whole number" : kind === "choice" ? "choice" : "number"}${range && " "}${range}`;
}
