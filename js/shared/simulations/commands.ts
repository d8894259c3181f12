/** What can be done to simulations: each asks the kernel for one public call of the tracker. */
import { copyText } from "../card/notes";
import { plural } from "../format";
import type { Channel } from "../messages";
import { ColourForm, deleteForm, noteForm, RestartForm, TagForm } from "./forms";
import { askLab } from "./lab";
import type { Context, Row } from "./model";
import { Sheet } from "./sheet";

interface Outcome {
  n_done: number;
  failed: string[];
  ids?: string[];
}

export interface CommandCalls {
  row(id: string): Row | undefined;
  rows(): IterableIterator<Row>;
  count(): number;
  /** New simulations were started in the place of others. */
  onStarted(ids: string[]): void;
  rename(id: string): void;
}

export class Commands {
  readonly sheet = new Sheet();
  readonly #context: Context;
  readonly #calls: CommandCalls;

  constructor(context: Context, calls: CommandCalls) {
    this.#context = context;
    this.#calls = calls;
  }

  get channel(): Channel {
    return this.#context.channel;
  }

  stop(ids: readonly string[], isForced = false): void {
    const active = ids.filter((id) => this.#calls.row(id)?.is_active);
    if (!active.length) return;
    const asked = this.#context.ask("stop", { ids: active, is_forced: isForced });
    this.#report(asked, "could not be stopped");
  }

  first(ids: readonly string[]): void {
    this.#quietly(this.#context.ask("first", { ids }));
  }

  renamed(id: string, name: string): void {
    this.#quietly(this.#context.ask("rename", { ids: [id], name }));
  }

  rename(id: string): void {
    this.#calls.rename(id);
  }

  copyIds(ids: readonly string[]): void {
    this.#copy(ids.join("\n"));
  }

  copyWatch(ids: readonly string[]): void {
    const [only] = ids;
    this.#copy(ids.length === 1 ? `gd.watch("${only}")` : `gd.watch(${JSON.stringify(ids)})`);
  }

  /** Ask JupyterLab for one of its own actions, by the name of a menu's entry. */
  askLab(entry: string, id: string): void {
    askLab(this.sheet.element, entry, this.#context.get("folder") ?? "", id);
  }

  tag(ids: readonly string[]): void {
    const form = new TagForm(this.#rowsOf(ids), this.#calls.rows(), (add, remove) =>
      this.channel.ask("tag", { ids, add, remove }),
    );
    this.sheet.open(`Tags of ${this.#named(ids)}`, form.element);
  }

  note(ids: readonly string[]): void {
    const [row] = this.#rowsOf(ids);
    const text = ids.length === 1 ? (row?.note ?? "") : "";
    const save = (words: string) => this.channel.ask("note", { ids, text: words });
    this.sheet.open(
      `Note on ${this.#named(ids)}`,
      noteForm(text, save, () => this.sheet.close()),
    );
  }

  colour(ids: readonly string[]): void {
    const [row] = this.#rowsOf(ids);
    const form = new ColourForm(row?.colour ?? 0, (index) =>
      this.channel.ask("colour", { ids, index }),
    );
    this.sheet.open(`Colour of ${this.#named(ids)}`, form.element);
  }

  async restart(ids: readonly string[]): Promise<void> {
    if (!ids.length) return;
    const found = await this.#context.ask("kwargs", { ids }).catch(() => null);
    if (!found) return;
    const form = new RestartForm(found as never, ids.length, async (kwargs) => {
      const done = (await this.channel.ask("restart", { ids, kwargs })) as Outcome;
      this.sheet.close();
      this.#calls.onStarted(done.ids ?? []);
      this.#say(done, "could not be restarted");
    });
    this.sheet.open(`Restart ${this.#named(ids)}`, form.element);
  }

  /** Ask before deleting; `isAll` when it is everything that the project has. */
  remove(ids: readonly string[], isAll = false): void {
    if (!ids.length) return;
    const title = isAll ? "Delete all simulations" : `Delete ${this.#named(ids)}`;
    const measured = this.channel.ask("measure", { ids });
    const form = deleteForm(ids.length, measured as never, {
      remove: async (stopFirst) => {
        const asked = { ids, stop_first: stopFirst, is_all: isAll };
        const done = (await this.channel.ask("delete", asked)) as never;
        return done;
      },
      close: () => this.sheet.close(),
      say: (text) => this.#context.trouble(text),
    });
    this.sheet.open(title, form);
  }

  #rowsOf(ids: readonly string[]): Row[] {
    return ids.map((id) => this.#calls.row(id)).filter((row) => row !== undefined);
  }

  #named(ids: readonly string[]): string {
    const [row] = ids.length === 1 ? this.#rowsOf(ids) : [];
    return row?.name ?? plural(ids.length, "simulation", "simulations");
  }

  #copy(text: string): void {
    void copyText(async () => text).then((isDone) => {
      const why = "The browser does not let this page copy; it needs https or localhost.";
      this.#context.trouble(isDone ? "" : why);
    });
  }

  #report(asked: Promise<unknown>, what: string): void {
    this.#quietly(asked.then((outcome) => this.#say(outcome as Outcome, what)));
  }

  #say({ failed }: Outcome, what: string): void {
    if (failed.length) this.#context.trouble(`${failed.length} ${what}: ${failed.join(" ")}`);
  }

  /** What goes wrong was shown already. */
  #quietly(asked: Promise<unknown>): void {
    asked.catch(() => {});
  }
}
