/** The rows that the kernel sends, as objects; `simulations_rows.py` packs them. Pure. */
import type { ShownStatus, State } from "../card/simulation";
import type { Message } from "../messages";
import type { Row } from "./model";

interface Coded {
  values: unknown[];
  at: number[];
}

interface Words {
  name: string[];
  type: Coded;
  launcher: Coded;
  activity: Coded;
  note: Coded;
  tags: Coded;
}

const OVER = new Set<string>(["succeeded", "failed", "cancelled", "lost", "deleted"]);

/** What changed by a message. */
export interface RowsChange {
  /** Simulations came or went, so the order must be made anew. */
  isOtherSet: boolean;
  changed: string[];
}

export class Rows {
  readonly byId = new Map<string, Row>();
  /** Whether anything was received. */
  isLoaded = false;

  get all(): IterableIterator<Row> {
    return this.byId.values();
  }

  take(message: Message, buffers: DataView[]): RowsChange {
    const changed: string[] = [];
    let isOtherSet = message.is_all === true;
    const known = new Map(message.is_all === true ? this.byId : []);
    if (message.is_all === true) this.byId.clear();
    this.isLoaded = true;
    for (const id of (message.gone as string[]) ?? []) {
      isOtherSet = this.byId.delete(id) || isOtherSet;
      changed.push(id);
    }
    const names = message.numbers as string[];
    const states = message.states as State[];
    const count = Number(message.count);
    const [ids, numbers, text] = buffers;
    if (!count || !ids || !numbers || !text) return { isOtherSet, changed };
    const words = parsed<Words>(text);
    const columns = new Map(names.map((name, i) => [name, i * count]));
    const column = (name: string) => columns.get(name) ?? 0;
    const at = (start: number, i: number) => numbers.getFloat64((start + i) * 8, true);
    const places = {
      number: column("number"),
      colour: column("colour"),
      state: column("state"),
      created: column("created"),
      started: column("started"),
      ended: column("ended"),
      current: column("current"),
      total: column("total"),
      rate: column("rate"),
      left: column("left_s"),
      asked: column("stop_asked"),
      silent: column("silent_s"),
      place: column("place"),
      requests: column("requests"),
    };
    const known_ = (start: number, i: number) => {
      const value = at(start, i);
      return Number.isNaN(value) ? null : value;
    };
    for (let i = 0; i < count; i++) {
      const id = idAt(ids, i);
      const old = this.byId.get(id) ?? known.get(id);
      const state = states[at(places.state, i)] ?? "created";
      const current = known_(places.current, i);
      const total = known_(places.total, i);
      const row: Row = {
        id,
        name: words.name[i] ?? id.slice(0, 8),
        type: coded(words.type, i) as string,
        env: "",
        launcher: coded(words.launcher, i) as string,
        activity: coded(words.activity, i) as string,
        note: coded(words.note, i) as string,
        tags: coded(words.tags, i) as string[],
        state,
        is_active: !OVER.has(state),
        number: at(places.number, i),
        colour: at(places.colour, i),
        current,
        total,
        unit: isWhole(current) && isWhole(total) ? "steps" : "",
        rate: known_(places.rate, i),
        left_s: known_(places.left, i),
        silent_s: known_(places.silent, i),
        created: known_(places.created, i),
        started: known_(places.started, i),
        ended: known_(places.ended, i),
        stop_asked: known_(places.asked, i),
        place: known_(places.place, i),
        waiting: at(places.requests, i),
        config: old?.config ?? "",
        latest: old?.latest ?? null,
        error: null,
        requests: [],
        status_count: 0,
      };
      isOtherSet ||= !old;
      this.byId.set(id, row);
      changed.push(id);
    }
    return { isOtherSet, changed };
  }

  takeConfigs(buffers: DataView[]): void {
    const [ids, text] = buffers;
    if (!ids || !text) return;
    parsed<string[]>(text).forEach((config, i) => {
      const row = this.byId.get(idAt(ids, i));
      if (row) row.config = config.toLowerCase();
    });
  }

  takeLatest(items: Record<string, ShownStatus>): string[] {
    for (const [id, status] of Object.entries(items)) {
      const row = this.byId.get(id);
      if (row) row.latest = status;
    }
    return Object.keys(items);
  }
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** The i-th UUID of a buffer as text. */
function idAt(ids: DataView, i: number): string {
  let text = "";
  for (let k = 0; k < 16; k++) {
    if (k === 4 || k === 6 || k === 8 || k === 10) text += "-";
    text += HEX[ids.getUint8(i * 16 + k)];
  }
  return text;
}

function coded({ values, at }: Coded, i: number): unknown {
  return values[at[i] ?? 0];
}

function isWhole(value: number | null): boolean {
  return value === null || Number.isInteger(value);
}

function parsed<T>(view: DataView): T {
  return JSON.parse(new TextDecoder().decode(view)) as T;
}
