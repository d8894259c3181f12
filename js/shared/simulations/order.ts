/** In which order rows stand, and under which words a narrow list groups them. Pure. */
import { fraction } from "../card/simulation";
import type { Row } from "./model";

export const SORTS: readonly (readonly [string, string])[] = [
  ["-created", "Newest first"],
  ["created", "Oldest first"],
  ["name", "Name, A to Z"],
  ["-name", "Name, Z to A"],
  ["state", "State, what goes on first"],
  ["-state", "State, what has ended first"],
  ["-progress", "Progress, farthest first"],
  ["progress", "Progress, least first"],
  ["-duration", "Duration, longest first"],
  ["duration", "Duration, shortest first"],
  ["type", "Type, A to Z"],
  ["-type", "Type, Z to A"],
];

/** Keys whose values change by themselves while a simulation runs. */
const LIVE = new Set(["progress", "duration", "state"]);

const STATES = ["running", "paused", "setting_up", "queued", "created"];
STATES.push("failed", "lost", "cancelled", "succeeded");

export function isLive(sort: string): boolean {
  return LIVE.has(sort.replace("-", ""));
}

export function durationOf(row: Row, now: number): number {
  if (row.started === null) return 0;
  return (row.ended ?? (row.is_active ? now : row.started)) - row.started;
}

/** Give rows in order; equal ones newest first. */
export function sorted(rows: readonly Row[], sort: string, now: number): Row[] {
  const sign = sort.startsWith("-") ? -1 : 1;
  const key = sort.replace("-", "");
  if (key === "name" || key === "type") {
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    const by = key === "name" ? (row: Row) => row.name : (row: Row) => row.type;
    return [...rows].sort((a, b) => sign * collator.compare(by(a), by(b)) || b.number - a.number);
  }
  const value = numberOf(key, now);
  const keyed = rows.map((row) => ({ row, value: value(row) }));
  keyed.sort((a, b) => sign * (a.value - b.value) || b.row.number - a.row.number);
  return keyed.map(({ row }) => row);
}

function numberOf(key: string, now: number): (row: Row) => number {
  if (key === "state") return (row) => STATES.indexOf(row.state);
  if (key === "progress") return (row) => (row.state === "succeeded" ? 1 : (fraction(row) ?? -1));
  if (key === "duration") return (row) => durationOf(row, now);
  return (row) => row.number;
}

/** A row, or the words over the rows that follow. */
export type Item = Row | { heading: string; aside: string };

export function isHeading(item: Item): item is { heading: string; aside: string } {
  return "heading" in item;
}

/** Group rows, in their order, into what runs, what waits and, last, what has ended; now is in seconds. */
export function grouped(rows: readonly Row[], now = Date.now() / 1000): Item[] {
  const running = rows.filter((row) => row.is_active && !waits(row));
  const waiting = rows.filter(waits);
  const ended = rows.filter((row) => !row.is_active);
  const items: Item[] = [];
  const add = (heading: string, group: readonly Row[], aside = "") => {
    if (group.length) items.push({ heading, aside }, ...group);
  };
  const paused = running.filter((row) => row.state === "paused").length;
  const going = running.length - paused;
  const states = [going ? `Running ${going}` : "", paused ? `paused ${paused}` : ""];
  const head = states.filter(Boolean).join(", ");
  add(head.charAt(0).toUpperCase() + head.slice(1), running);
  const queued = waiting.filter((row) => row.state === "queued");
  const byPlace = [...queued].sort((a, b) => (a.place ?? 1e9) - (b.place ?? 1e9));
  add(`Queued ${queued.length}`, byPlace);
  const created = waiting.filter((row) => row.state === "created");
  add(`Created ${created.length}`, created);
  const words = `Ended ${ended.length.toLocaleString("en-US")}`;
  add(words, ended, whenEnded(ended, now));
  return items;
}

/** When they ended: `today` for all of them, `3 today`, or the day of the last one. */
function whenEnded(ended: readonly Row[], now: number): string {
  const midnight = new Date(now * 1000).setHours(0, 0, 0, 0) / 1000;
  const n = ended.filter((row) => (row.ended ?? 0) >= midnight).length;
  if (n > 0) return n === ended.length ? "today" : `${n.toLocaleString("en-US")} today`;
  const last = ended.reduce((newest, row) => Math.max(newest, row.ended ?? 0), 0);
  if (last === 0) return "";
  const day = new Date(last * 1000);
  return `last on ${day.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}`;
}

function waits(row: Row): boolean {
  return row.state === "queued" || row.state === "created";
}
