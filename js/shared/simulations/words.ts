/** What a row says of its simulation. Pure. */
import { fraction, isNotAnswering, isSilent, stateWord } from "../card/simulation";
import { formatDuration, formatPercent } from "../format";
import type { Row } from "./model";
import { durationOf } from "./order";

const SPACE = "\u00a0";

export interface RowWords {
  word: string;
  /** Beside the word: percent, duration, place in the queue. */
  value: string;
  /** What is left, where there is room for it. */
  left: string;
  /** All of it in a sentence, for titles and for who cannot see. */
  whole: string;
}

export function rowWords(row: Row, now: number): RowWords {
  const word = stateWord(row, now);
  const value = valueText(row, now);
  const left = leftText(row, now);
  const place = row.state === "queued" && row.place ? `, place ${row.place} in the queue` : "";
  const asks = row.waiting ? ", waits for a reply" : "";
  const said = place || (value ? `, ${value}` : "");
  return { word, value, left, whole: `${word}${said}${left ? `, ${left}` : ""}${asks}` };
}

function valueText(row: Row, now: number): string {
  const done = fraction(row);
  const took = durationOf(row, now);
  if (row.state === "created") return "";
  if (row.state === "queued") {
    return row.place === null ? "" : row.place === 1 ? "next" : String(row.place);
  }
  if (row.state === "setting_up") {
    const since = row.started ?? row.created;
    return since === null ? "" : shortDuration(now - since);
  }
  const isPartial = row.is_active || row.state === "failed" || row.state === "lost";
  if (isPartial && done !== null) return formatPercent(done);
  return row.started === null ? "" : shortDuration(took);
}

function leftText(row: Row, now: number): string {
  if (isSilent(row)) return "";
  if (isNotAnswering(row, now) && row.stop_asked !== null) {
    return `asked to stop ${formatDuration(now - row.stop_asked)} ago`;
  }
  return row.left_s === null ? "" : `${shortDuration(row.left_s)} left`;
}

/** `0.4 s`, `52 s`, `2m 10s`, `3h 12m`, `2d 3h`: what fits a narrow column. */
export function shortDuration(seconds: number): string {
  const s = Math.max(seconds, 0);
  const whole = Math.round(s);
  if (whole < 60) return formatDuration(s);
  const minutes = Math.round(s / 60);
  if (whole < 3600) return pair(whole, 60, "m", "s");
  if (minutes < 1440) return pair(minutes, 60, "h", "m");
  return pair(Math.round(s / 3600), 24, "d", "h");
}

function pair(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size;
  return `${Math.floor(amount / size)}${large}${rest ? `${SPACE}${rest}${small}` : ""}`;
}
