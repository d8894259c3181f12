/** The dashboard: the list at the left, a tab for each way to look at what is selected at the right. */
import { h, setText, show } from "../dom";
import { formatBytes } from "../format";
import { icon } from "../icons";
import type { PanelContext, PanelPart, PanelTraits } from "../panel";
import { Divider, kept } from "./divider";
import { Slot } from "./slot";
import { type Tab, Tabs } from "./tabs";

/** As the Python class has them. */
export interface DashboardTraits extends PanelTraits {
  tab: string;
  is_starting: boolean;
  list_width: number;
  is_list_folded: boolean;
  height: number;
  panels: Record<string, string>;
  open_requests: number;
  place: string;
}

const TABS: readonly Tab[] = [
  { name: "analyze", label: "Analyze" },
  { name: "media", label: "Media" },
  { name: "control", label: "Control" },
  { name: "status", label: "Status" },
  { name: "system", label: "System" },
];
const START = "start";
const LIST = "simulations";
const PREPARE_AFTER_MS = 1500;
const SIZE_EVERY_S = 60;
let count = 0;

export class Dashboard implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: PanelContext<DashboardTraits>;
  readonly #slots = new Map<string, Slot>();
  readonly #pages = new Map<string, HTMLElement>();
  readonly #tabs: Tabs;
  readonly #divider: Divider;
  readonly #list: HTMLElement;
  readonly #drawer: HTMLButtonElement;
  readonly #place = h("span", { class: "gd-dash-place gd-small gd-muted gd-clip" });
  #chosen = "";
  #size = "";
  #seconds = 0;

  constructor(context: PanelContext<DashboardTraits>) {
    this.#context = context;
    count += 1;
    const prefix = `gd-dash-${count}`;
    this.#tabs = new Tabs(TABS, prefix, (name) => this.#choose(name));
    this.#divider = new Divider({
      onWidth: (width) => context.set("list_width", width),
      onFold: (isFolded) => context.set("is_list_folded", isFolded),
    });
    this.#list = h("aside", { class: "gd-dash-list", label: "Simulations" });
    this.#list.append(this.#slot(LIST).element);
    this.#drawer = this.#drawerButton();
    const bar = h(
      "div",
      { class: "gd-dash-bar" },
      this.#drawer,
      this.#tabs.element,
      h("span", { class: "gd-grow" }),
      this.#place,
    );
    const pages = [...TABS.map(({ name }) => name), START].map((name) => this.#page(name, prefix));
    const main = h("main", { class: "gd-dash-main" }, bar, ...pages);
    this.element = h("div", { class: "gd-dash" }, this.#list, this.#divider.element, main);
    this.#rememberHeight();
    // What is behind the other tabs is made when this one is there: a busy kernel could not make it later.
    const timer = setTimeout(() => void this.#prepare(), PREPARE_AFTER_MS);
    context.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  update(): void {
    const context = this.#context;
    const chosen = context.get("is_starting") ? START : context.get("tab");
    const folded = context.get("is_list_folded");
    const width = kept(context.get("list_width"), this.element.clientWidth || 1200);
    this.element.style.setProperty("--gd-list", `${width}px`);
    this.element.style.setProperty("--gd-drawer", `${context.get("list_width")}px`);
    const height = `${context.get("height")}px`;
    if (this.element.style.height !== height) this.element.style.height = height;
    this.element.classList.toggle("is-folded", folded);
    this.#divider.update(width, folded);
    this.#tabs.choose(chosen);
    if (chosen === START && this.#chosen !== START) this.#openDrawer(false); // the form lies below it
    this.#chosen = chosen;
    const waiting = context.get("open_requests");
    const words = waiting === 1 ? "1 control request waits" : `${waiting} control requests wait`;
    this.#tabs.count("control", waiting, words);
    const panels = context.get("panels");
    void this.#slot(LIST).show(panels[LIST]);
    for (const [name, page] of this.#pages) {
      show(page, name === chosen);
      if (name === chosen) void this.#slot(name).show(panels[name]);
    }
    this.#writePlace();
  }

  tick(): void {
    if (this.#seconds % SIZE_EVERY_S === 0) void this.#askSize();
    this.#seconds += 1;
  }

  #slot(name: string): Slot {
    let slot = this.#slots.get(name);
    if (!slot) {
      slot = new Slot(this.#context.model.widget_manager, this.#context.signal);
      this.#slots.set(name, slot);
    }
    return slot;
  }

  #page(name: string, prefix: string): HTMLElement {
    const page = h(
      "div",
      {
        class: `gd-dash-page is-${name}`,
        id: `${prefix}-${name}`,
        hidden: true,
        ...(name === START
          ? {} // the form says itself what it is
          : { role: "tabpanel", "aria-labelledby": `${prefix}-tab-${name}` }),
      },
      this.#slot(name).element,
    );
    this.#pages.set(name, page);
    return page;
  }

  #drawerButton(): HTMLButtonElement {
    const button = h(
      "button",
      {
        class: "gd-btn is-icon gd-dash-drawer",
        type: "button",
        label: "Simulations",
        title: "Simulations",
        "aria-expanded": "false",
      },
      icon("list"),
    );
    button.addEventListener("click", () => this.#openDrawer(!this.#isDrawerOpen));
    this.#list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isDrawerOpen) return;
      this.#openDrawer(false);
      button.focus();
    });
    return button;
  }

  get #isDrawerOpen(): boolean {
    return this.element.classList.contains("is-drawer-open");
  }

  #openDrawer(isOpen: boolean): void {
    this.element.classList.toggle("is-drawer-open", isOpen);
    this.#drawer.setAttribute("aria-expanded", String(isOpen));
  }

  #choose(name: string): void {
    this.#context.set("is_starting", false);
    this.#context.set("tab", name);
    this.#openDrawer(false);
  }

  #writePlace(): void {
    const place = this.#context.get("place");
    setText(this.#place, [place, this.#size].filter(Boolean).join(" · "), place);
  }

  async #prepare(): Promise<void> {
    await this.#context.channel.ask("prepare").catch(() => {}); // then each is made when it is shown
  }

  async #askSize(): Promise<void> {
    const bytes = await this.#context.channel.ask("size").catch(() => null);
    if (typeof bytes !== "number") return;
    this.#size = formatBytes(bytes);
    this.#writePlace();
  }

  /** The lower edge can be dragged; how far is remembered. */
  #rememberHeight(): void {
    if (typeof ResizeObserver === "undefined") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const height = Math.round(this.element.offsetHeight);
        if (height > 0 && height !== this.#context.get("height")) {
          this.#context.set("height", height);
        }
      }, 300);
    });
    observer.observe(this.element);
    this.#context.signal.addEventListener("abort", () => {
      observer.disconnect();
      clearTimeout(timer);
    });
  }
}
