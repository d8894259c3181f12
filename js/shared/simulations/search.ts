/** Which rows a filter leaves: words, states, types, tags. Pure. */
import type { Row } from "./model";

export interface Filter {
  text: string;
  states: readonly string[];
  types: readonly string[];
  tags: readonly string[];
}

type Test = (row: Row) => boolean;

/** Give the rows that pass; with nothing to filter by, all of them. */
export function filtered(rows: readonly Row[], filter: Filter): Row[] {
  const tests: Test[] = [];
  const states = new Set(filter.states);
  const types = new Set(filter.types);
  if (states.size) tests.push((row) => states.has(row.state));
  if (types.size) tests.push((row) => types.has(row.type));
  if (filter.tags.length) {
    tests.push((row) => filter.tags.some((tag) => row.tags.includes(tag)));
  }
  let found = rows.filter((row) => tests.every((test) => test(row)));
  for (const term of terms(filter.text)) found = withTerm(found, term);
  return found;
}

/** What is typed, in words; quotes keep one together. */
export function terms(text: string): string[] {
  return [...text.toLowerCase().matchAll(/"([^"]*)"?|(\S+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? "")
    .filter(Boolean);
}

/** Rows with a term; where nothing is equal to what looks like a value, what begins with it. */
function withTerm(rows: readonly Row[], term: string): Row[] {
  const [, name, value] = /^([^=]*)=(.+)$/.exec(term) ?? [];
  if (name !== undefined && value !== undefined) {
    const equal = rows.filter((row) => hasValue(row, name, value, true));
    return equal.length ? equal : rows.filter((row) => hasValue(row, name, value, false));
  }
  if (!Number.isNaN(Number(term))) {
    const equal = rows.filter((row) => says(row, term) || hasValue(row, "", term, true));
    if (equal.length) return equal;
  }
  return rows.filter((row) => says(row, term) || row.config.includes(term));
}

function says(row: Row, term: string): boolean {
  return (
    row.name.toLowerCase().includes(term) ||
    row.type.toLowerCase().includes(term) ||
    row.id.startsWith(term) ||
    row.tags.some((tag) => tag.toLowerCase().includes(term))
  );
}

/** Whether a value of the config whose name ends with `name` is equal to, or begins with, a text. */
function hasValue({ config }: Row, name: string, value: string, isWhole: boolean): boolean {
  const number = Number(value);
  const key = `${name}=`;
  for (let at = config.indexOf(key); at >= 0; at = config.indexOf(key, at + 1)) {
    const start = at + key.length;
    const end = config.indexOf("\n", start);
    const found = config.slice(start, end < 0 ? undefined : end);
    if (isWhole ? found === value : found.startsWith(value)) return true;
    if (isWhole && found !== "" && Number(found) === number) return true; // 1e-3 is 0.001
  }
  return false;
}
