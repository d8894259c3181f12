/** What is selected, in one line, and what can be done with it. */
import { isNotAnswering } from "../card/simulation";
import { h, setAttribute, setText } from "../dom";
import { formatCount } from "../format";
import { Menu, type MenuEntry } from "../menu";
import type { Commands } from "./commands";
import { isInLab } from "./lab";
import type { Context, Row } from "./model";
import type { Notifier } from "./notify";
import type { Selection } from "./selection";
import { button } from "./sheet";

interface BarCalls {
  row(id: string): Row | undefined;
  /** Ids that are listed now. */
  shown(): string[];
  shownCount(): number;
  all(): string[];
  onHide(): void;
}

export class SelectionBar {
  readonly element: HTMLElement;
  readonly #box = h("input", { type: "checkbox", label: "Select all" });
  readonly #words = h("span", { class: "gd-small gd-clip" });
  readonly #context: Context;
  readonly #selection: Selection;
  readonly #calls: BarCalls;
  readonly #stop: HTMLButtonElement;
  readonly #restart: HTMLButtonElement;
  readonly #tag: HTMLButtonElement;
  readonly #hide: HTMLButtonElement;
  readonly #more = button("More", () => {}, "more");
  #isForced = false;

  constructor(
    context: Context,
    selection: Selection,
    commands: Commands,
    notifier: Notifier,
    calls: BarCalls,
  ) {
    this.#context = context;
    this.#selection = selection;
    this.#calls = calls;
    const ids = () => this.#ids();
    this.#stop = button("Stop", () => commands.stop(ids(), this.#isForced), "stop");
    const restart = "Restart with edited values";
    this.#restart = button(restart, () => void commands.restart(ids()), "reset");
    this.#tag = button("Tag", () => commands.tag(ids()), "tag");
    this.#hide = button("Hide what is not selected", () => this.#toggleHide(), "eye");
    const menu = new Menu(
      this.#more,
      () => this.#entries(),
      (id) => {
        if (id === "notify") void notifier.toggle();
        else if (id === "delete_all") commands.remove(calls.all(), true);
        else doNamed(commands, id, ids());
      },
    );
    context.signal.addEventListener("abort", () => menu.close());
    this.#box.addEventListener("change", () => {
      selection.only(this.#box.checked ? calls.shown() : []);
      this.update();
    });
    this.element = h(
      "div",
      { class: "gd-bar gd-sims-bar", role: "toolbar", label: "Selected simulations" },
      this.#box,
      this.#words,
      h("span", { class: "gd-grow" }),
      this.#stop,
      this.#restart,
      this.#tag,
      this.#hide,
      this.#more,
    );
  }

  update(): void {
    const ids = this.#ids();
    const isEnough = ids.length > 0 && ids.length >= this.#calls.shownCount();
    const hasAll = isEnough && this.#calls.shown().every((id) => this.#selection.has(id));
    this.#box.checked = hasAll;
    this.#box.indeterminate = ids.length > 0 && !hasAll;
    setText(this.#words, ids.length ? `${formatCount(ids.length)} selected` : "None selected");
    const now = this.#context.clock.now;
    const rows = ids.map((id) => this.#calls.row(id)).filter((row) => row !== undefined);
    const active = rows.filter((row) => row.is_active);
    this.#isForced = active.length > 0 && active.every((row) => isNotAnswering(row, now));
    const word = this.#isForced ? "Force stop" : "Stop";
    setAttribute(this.#stop, "title", `${word} selected`);
    setAttribute(this.#stop, "aria-label", `${word} selected`);
    const isFixed = this.#context.get("is_read_only");
    able(this.#stop, active.length > 0 && !isFixed);
    able(this.#restart, ids.length > 0 && !isFixed);
    able(this.#tag, ids.length > 0 && !isFixed);
    setAttribute(
      this.#hide,
      "aria-pressed",
      String(this.#context.get("hide_unselected") === true),
    );
    able(this.#hide, ids.length > 0 || this.#context.get("hide_unselected"));
    this.element.classList.toggle("is-empty", ids.length === 0);
  }

  #ids(): string[] {
    return this.#selection.ids.filter((id) => this.#calls.row(id) !== undefined);
  }

  #toggleHide(): void {
    this.#context.set("hide_unselected", !this.#context.get("hide_unselected"));
    this.#calls.onHide();
    this.update();
  }

  #entries(): MenuEntry[] {
    const ids = this.#ids();
    const rows = ids.map((id) => this.#calls.row(id)).filter((row) => row !== undefined);
    const isOn = this.#context.get("notify") === true;
    const options: MenuEntry[] = [
      ...menuEntries(rows, this.#context.get("is_read_only"), false),
      { id: "notify", name: "Notify me when selected ones end", value: isOn ? "on" : "off", isOn },
    ];
    if (!this.#context.get("is_read_only") && this.#calls.all().length) {
      options.push({ id: "delete_all", name: "Delete all simulations\u2026" });
    }
    return options;
  }
}

/** What a menu offers for some simulations. */
export function menuEntries(rows: readonly Row[], isFixed: boolean, isRow: boolean): MenuEntry[] {
  if (!rows.length) return [];
  const isOne = rows.length === 1;
  const options: MenuEntry[] = [
    { id: "copy", name: isOne ? "Copy id" : "Copy ids" },
    { id: "watch", name: isOne ? "Copy gd.watch(\u2026)" : "Copy gd.watch([\u2026])" },
  ];
  const lab: MenuEntry[] = [];
  if (isOne && isInLab()) {
    lab.push(
      { id: "lab-dashboard", name: "Open dashboard" },
      { id: "lab-watch", name: "Insert gd.watch(\u2026)" },
      { id: "lab-folder", name: "Open folder" },
    );
  }
  if (isFixed) return [...lab, ...options];
  const change: MenuEntry[] = [];
  const active = rows.filter((row) => row.is_active);
  if (isRow && active.length) {
    change.push({ id: "stop", name: "Stop" });
    if (active.some((row) => row.stop_asked !== null)) {
      change.push({ id: "force", name: "Force stop" });
    }
  }
  if (rows.some((row) => row.state === "queued")) {
    change.push({ id: "first", name: "Move to the front of the queue" });
  }
  if (isOne) change.push({ id: "rename", name: "Rename", value: "F2" });
  if (isRow) {
    change.push({ id: "restart", name: "Restart with edited values\u2026" });
    change.push({ id: "tag", name: "Tag\u2026" });
  }
  change.push({ id: "note", name: "Note\u2026" }, { id: "colour", name: "Colour\u2026" });
  return [...lab, ...change, ...options, { id: "delete", name: "Delete\u2026" }];
}

/** Do what a menu's entry says. */
export function doNamed(commands: Commands, id: string, ids: readonly string[]): void {
  const [only] = ids;
  if (only === undefined) return;
  if (id.startsWith("lab-")) commands.askLab(id, only);
  else if (id === "copy") commands.copyIds(ids);
  else if (id === "watch") commands.copyWatch(ids);
  else if (id === "stop") commands.stop(ids);
  else if (id === "force") commands.stop(ids, true);
  else if (id === "first") commands.first(ids);
  else if (id === "rename") commands.rename(only);
  else if (id === "restart") void commands.restart(ids);
  else if (id === "tag") commands.tag(ids);
  else if (id === "note") commands.note(ids);
  else if (id === "colour") commands.colour(ids);
  else if (id === "delete") commands.remove(ids);
}

function able(element: HTMLElement, isAble: boolean): void {
  setAttribute(element, "aria-disabled", isAble ? null : "true");
}
