/** The keys of one simulation as tabs: name, last value, small curve; the rest behind "n more". */
import { h, setAttribute, setText, show } from "../dom";
import { formatCount, formatValue } from "../format";
import { Spark } from "../spark";
import { Picker } from "./picker";

const WIDE_PX = 720;
const WIDE_TABS = 5;
const NARROW_TABS = 3;
const SMALLEST_SPARK = 32;

interface Tab {
  key: string;
  button: HTMLButtonElement;
  name: HTMLElement;
  value: HTMLElement;
  spark: Spark;
}

export class KeyTabs {
  readonly element: HTMLElement;
  readonly #list = h("div", { class: "gd-tablist", role: "tablist", label: "Series" });
  readonly #more: Picker;
  readonly #onPick: (key: string) => void;
  #keys: readonly string[] = [];
  #chosen = "";
  #extra = "";
  #values = new Map<string, number>();
  #curves = new Map<string, Float64Array>();
  #tabs: Tab[] = [];
  #width = 0;

  constructor(onPick: (key: string) => void, signal: AbortSignal) {
    this.#onPick = onPick;
    this.#more = new Picker({
      label: "All series",
      class: "gd-btn is-low gd-more",
      options: () => this.#keys.map((key) => this.#option(key)),
      chosen: () => this.#chosen,
      onPick,
    });
    this.element = h("div", { class: "gd-keys" }, this.#list, this.#more.button);
    this.#list.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    signal.addEventListener("abort", () => this.#more.close());
    if (typeof ResizeObserver !== "undefined") {
      const observer = new ResizeObserver(() => this.#resize());
      observer.observe(this.element);
      signal.addEventListener("abort", () => observer.disconnect());
    }
  }

  /** Keys that have a tab now, the chosen one among them. */
  get shown(): string[] {
    return this.#shownKeys();
  }

  update(keys: readonly string[], chosen: string): void {
    this.#keys = keys;
    this.#chosen = chosen;
    this.#build();
  }

  setValues(values: Map<string, number>, curves: Map<string, Float64Array>): void {
    this.#values = values;
    for (const [key, curve] of curves) this.#curves.set(key, curve);
    this.#fill();
  }

  #shownKeys(): string[] {
    const most = this.#width && this.#width < WIDE_PX ? NARROW_TABS : WIDE_TABS;
    const shown = this.#keys.slice(0, most);
    // A key from the list takes the last place and keeps it when another tab is chosen.
    if (this.#chosen && !shown.includes(this.#chosen)) this.#extra = this.#chosen;
    if (this.#extra && !shown.includes(this.#extra) && this.#keys.includes(this.#extra)) {
      shown[most - 1] = this.#extra;
    }
    return shown;
  }

  #build(): void {
    const shown = this.#shownKeys();
    if (shown.join("\n") !== this.#tabs.map((tab) => tab.key).join("\n")) {
      const known = new Map(this.#tabs.map((tab) => [tab.key, tab]));
      this.#tabs = shown.map((key) => known.get(key) ?? this.#makeTab(key));
      this.#list.replaceChildren(...this.#tabs.map((tab) => tab.button));
    }
    for (const tab of this.#tabs) {
      const isOn = tab.key === this.#chosen;
      setAttribute(tab.button, "aria-selected", String(isOn));
      setAttribute(tab.button, "tabindex", isOn ? "0" : "-1");
    }
    const rest = this.#keys.length - shown.length;
    show(this.#more.button, rest > 0);
    this.#more.say(`${formatCount(rest)} more`);
    this.#fill();
  }

  #makeTab(key: string): Tab {
    const name = h("span", { class: "gd-clip", text: key, title: key });
    const value = h("b");
    const spark = new Spark();
    const button = h("button", { class: "gd-key", role: "tab", type: "button" }, name, value);
    button.append(spark.element);
    button.addEventListener("click", () => this.#onPick(key));
    return { key, button, name, value, spark };
  }

  #fill(): void {
    for (const tab of this.#tabs) {
      const value = this.#values.get(tab.key);
      setText(tab.value, value === undefined ? "" : formatValue(value));
      const curve = this.#curves.get(tab.key);
      if (curve) tab.spark.set(curve);
    }
    this.#sizeSparks();
  }

  #resize(): void {
    const width = this.element.clientWidth;
    if (width === this.#width) return;
    this.#width = width;
    this.#build();
  }

  #sizeSparks(): void {
    const each = this.#list.clientWidth / Math.max(this.#tabs.length, 1);
    // Room for six digits, so that a longer value does not move the curve.
    const room = Math.floor(Math.min(each - 24 - 58, 132));
    for (const tab of this.#tabs) tab.spark.resize(room < SMALLEST_SPARK ? 0 : room);
  }

  #option(key: string) {
    const value = this.#values.get(key);
    return { id: key, name: key, value: value === undefined ? "" : formatValue(value) };
  }

  #onKey(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = this.#tabs.findIndex((tab) => tab.button === document.activeElement);
    const next = this.#tabs[at + by];
    if (!by || at < 0 || !next) return;
    event.preventDefault();
    event.stopPropagation();
    next.button.focus();
    this.#onPick(next.key);
  }
}
