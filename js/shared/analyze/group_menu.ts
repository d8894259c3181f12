/** By what simulations are put together: nothing, all of the configuration but the seed, or some of its values. */
import { h, setAttribute, setText } from "../dom";
import { formatCount, plural } from "../format";
import { icon } from "../icons";
import { Floating } from "./floating";
import type { AnalyzeTraits, Path } from "./model";

type GroupBy = AnalyzeTraits["group_by"];

const FILTER_ABOVE = 12;

export class GroupMenu {
  readonly button: HTMLButtonElement;
  readonly #words = h("b", { class: "gd-clip" });
  readonly #popover: Floating;
  readonly #onPick: (groupBy: GroupBy) => void;
  #chosen: GroupBy = "none";
  #paths: readonly Path[] = [];
  #repaint: () => void = () => {};

  constructor(onPick: (groupBy: GroupBy) => void, signal: AbortSignal) {
    this.#onPick = onPick;
    this.button = h(
      "button",
      {
        class: "gd-btn is-low gd-analyzepick",
        type: "button",
        title: "Which simulations make one line",
      },
      h("span", { class: "gd-muted", text: "Group by" }),
      this.#words,
      icon("down"),
    );
    this.#popover = new Floating(
      {
        label: "Group by",
        role: "listbox",
        fill: (panel, close) => this.#fill(panel, close),
        onClose: () => {
          this.#repaint = () => {};
        },
      },
      signal,
    );
    this.#popover.attach(this.button);
  }

  update(groupBy: GroupBy, paths: readonly Path[]): void {
    this.#chosen = groupBy;
    this.#paths = paths;
    const words = groupWords(groupBy);
    setText(this.#words, words, words);
    setAttribute(this.button, "aria-label", `Group by: ${words}`);
    this.#repaint();
  }

  #fill(panel: HTMLElement, close: () => void): void {
    setAttribute(panel, "aria-multiselectable", "true");
    const list = h("div", { class: "gd-options" });
    const filter = h("input", {
      class: "gd-field is-low",
      type: "text",
      placeholder: "Filter",
      label: "Filter",
      spellcheck: "false",
    });
    let asked = "";
    const paint = () => {
      const focused = (document.activeElement as HTMLElement | null)?.dataset.id;
      const paths = this.#paths.filter(({ path }) => path.toLowerCase().includes(asked));
      const chosen = Array.isArray(this.#chosen) ? this.#chosen : [];
      list.replaceChildren(
        option("none", "none", "each simulation is a line", this.#chosen === "none"),
        option("config", "config without seed", "", this.#chosen === "config"),
        ...(paths.length
          ? [h("div", { class: "gd-optionhead", text: "values that differ" })]
          : []),
        ...paths.map(({ path, values }) => {
          const count = `${formatCount(values)} values`;
          return option(`path:${path}`, path, count, chosen.includes(path));
        }),
      );
      if (!this.#paths.length) {
        const words = "No configuration value differs.";
        list.append(h("div", { class: "gd-optionhead", text: words }));
      }
      const at = [...list.querySelectorAll<HTMLElement>("[data-id]")];
      at.find((each) => each.dataset.id === focused)?.focus({ preventScroll: true });
    };
    const pick = (target: EventTarget | null) => {
      const id = (target as Element | null)?.closest<HTMLElement>("[data-id]")?.dataset.id;
      if (id === undefined) return;
      if (id === "none" || id === "config") {
        close();
        this.#onPick(id);
      } else this.#toggle(id.slice("path:".length));
    };
    list.addEventListener("click", (event) => pick(event.target));
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pick(event.target);
    });
    filter.addEventListener("input", () => {
      asked = filter.value.trim().toLowerCase();
      paint();
    });
    if (this.#paths.length > FILTER_ABOVE) panel.append(h("div", { class: "gd-filter" }, filter));
    panel.append(list);
    this.#repaint = paint;
    paint();
    const chosen = list.querySelector("[aria-selected=true]") ?? list.firstElementChild;
    if (chosen) setAttribute(chosen, "data-focus", "");
  }

  #toggle(path: string): void {
    const chosen = Array.isArray(this.#chosen) ? this.#chosen : [];
    const rest = chosen.filter((each) => each !== path);
    const next = rest.length < chosen.length ? rest : [...chosen, path];
    this.#onPick(next.length ? next : "none");
  }
}

/** What is chosen, in words. */
export function groupWords(groupBy: GroupBy): string {
  if (groupBy === "config") return "config without seed";
  if (groupBy === "none" || !groupBy.length) return "none";
  return groupBy.length <= 2 ? groupBy.join(", ") : plural(groupBy.length, "value", "values");
}

function option(id: string, name: string, hint: string, isOn: boolean): HTMLElement {
  return h(
    "div",
    {
      class: "gd-option",
      role: "option",
      tabindex: 0,
      title: name,
      "data-id": id,
      "aria-selected": String(isOn),
    },
    h("span", { class: "gd-tick" }, isOn ? icon("check") : null),
    h("span", { class: "gd-clip gd-grow", text: name }),
    hint ? h("span", { class: "gd-muted", text: hint }) : null,
  );
}
