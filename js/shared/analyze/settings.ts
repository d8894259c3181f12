/** The line of settings above the charts; in little room it becomes a menu. */
import { Picker } from "../card/picker";
import { h, setAttribute } from "../dom";
import { icon } from "../icons";
import { DownloadMenu, type Downloads } from "./download_menu";
import { GroupMenu } from "./group_menu";
import type { AnalyzeTraits, Path, PythonX, Statistic } from "./model";
import { Segmented } from "./segmented";
import { SmoothingControl } from "./smoothing";

const STATISTICS = [
  ["mean", "Mean", "Mean of the simulations of a group, with its 95 % band"],
  ["iqm", "IQM", "Mean of the middle half: a few runaways do not move it"],
  ["median", "Median", "Median of the simulations of a group"],
  ["each", "Each", "Every simulation in the colour of its group"],
] as const;

const X_NAMES: Record<PythonX, [string, string]> = {
  step: ["Step", "Step"],
  relative: ["Time", "Time since the start"],
  wall: ["Clock", "Time of day"],
};

export type Set = (changed: Partial<AnalyzeTraits>) => void;

type State = Pick<
  AnalyzeTraits,
  | "group_by"
  | "statistic"
  | "smoothing_kind"
  | "smoothing"
  | "smoothing_window"
  | "smoothing_passes"
  | "x"
  | "log_y"
  | "fits_y"
> & { paths: readonly Path[] };

export class Settings {
  readonly element: HTMLElement;
  readonly #group: GroupMenu;
  readonly #statistic: Segmented<Statistic>;
  readonly #smoothing: SmoothingControl;
  readonly #x: Picker;
  readonly #log: HTMLButtonElement;
  readonly #full: HTMLButtonElement;
  readonly #open: HTMLButtonElement;
  #state: State | null = null;

  constructor(set: Set, downloads: Downloads, signal: AbortSignal) {
    this.#group = new GroupMenu((group_by) => set({ group_by }), signal);
    this.#statistic = new Segmented("How a group is drawn", STATISTICS, (statistic) =>
      set({ statistic }),
    );
    this.#smoothing = new SmoothingControl(set, signal);
    this.#x = new Picker({
      label: "Horizontal axis",
      class: "gd-btn is-low gd-xpick",
      options: () => Object.entries(X_NAMES).map(([id, [, name]]) => ({ id, name })),
      chosen: () => this.#state?.x ?? "step",
      onPick: (id) => set({ x: id as PythonX }),
    });
    signal.addEventListener("abort", () => this.#x.close());
    this.#log = toggle("Log y", "Logarithmic y", () => set({ log_y: !this.#state?.log_y }));
    const all = "Let y span all values, also those out of sight";
    this.#full = toggle("Full y", all, () => set({ fits_y: !this.#state?.fits_y }));
    this.#open = h(
      "button",
      { class: "gd-btn is-low gd-settingsbutton", type: "button", "aria-expanded": "false" },
      icon("sliders"),
      h("span", { text: "Settings" }),
    );
    const items = h(
      "div",
      { class: "gd-settingitems", role: "group", label: "Settings" },
      this.#group.button,
      this.#statistic.element,
      h("span", { class: "gd-grow" }),
      this.#smoothing.element,
      this.#x.button,
      this.#log,
      this.#full,
    );
    this.element = h(
      "div",
      { class: "gd-settings" },
      this.#open,
      items,
      new DownloadMenu(downloads, signal).button,
    );
    this.#open.addEventListener("click", () => this.#toggle());
    const away = (event: Event) => {
      if (this.#isOpen && !this.element.contains(event.target as Node)) this.#toggle();
    };
    document.addEventListener("pointerdown", away, { signal, capture: true });
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isOpen) return;
      this.#toggle();
      this.#open.focus();
    });
  }

  update(state: State): void {
    this.#state = state;
    this.#group.update(state.group_by, state.paths);
    this.#statistic.update(state.statistic, state.group_by !== "none");
    this.#smoothing.update(state);
    this.#x.say(X_NAMES[state.x]?.[0] ?? state.x, "x");
    setAttribute(this.#log, "aria-pressed", String(state.log_y));
    setAttribute(this.#full, "aria-pressed", String(!state.fits_y));
  }

  get #isOpen(): boolean {
    return this.element.classList.contains("is-open");
  }

  #toggle(): void {
    const isOpen = this.element.classList.toggle("is-open");
    setAttribute(this.#open, "aria-expanded", String(isOpen));
  }
}

function toggle(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const button = h("button", { class: "gd-btn is-low", type: "button", text, title });
  button.addEventListener("click", onClick);
  return button;
}
