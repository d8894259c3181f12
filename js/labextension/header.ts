/** The sidebar's head: its name, the way to the dashboard, and Start. */
import { h, setAttribute } from "../shared/dom";
import { icon } from "../shared/icons";
import { shellIcon } from "./shell_icons";

export interface HeaderState {
  /** Whether there is a project, open or one that can be opened. */
  readonly hasProject: boolean;
  /** Why nothing can be started; "" when it can. */
  readonly whyNoStart: string;
}

export class Header {
  readonly element: HTMLElement;
  readonly #dashboard: HTMLButtonElement;
  readonly #start: HTMLButtonElement;

  constructor(actions: { openDashboard(): void; start(): void }) {
    this.#dashboard = h(
      "button",
      { class: "gd-btn is-low is-icon", type: "button", label: "Open the dashboard" },
      shellIcon("expand"),
    );
    this.#start = h(
      "button",
      { class: "gd-btn is-main gd-shell-start", type: "button" },
      icon("plus"),
      "Start",
    );
    this.element = h(
      "div",
      { class: "gd-shell-head" },
      h("h2", { class: "gd-clip", text: "GymDash" }),
      h("span", { class: "gd-grow" }),
      this.#dashboard,
      this.#start,
    );
    onPress(this.#dashboard, actions.openDashboard);
    onPress(this.#start, actions.start);
  }

  update({ hasProject, whyNoStart }: HeaderState): void {
    setAttribute(this.#dashboard, "aria-disabled", hasProject ? null : "true");
    const title = hasProject ? "Open the dashboard" : "Open a project first";
    setAttribute(this.#dashboard, "title", title);
    // It stays reachable by keys, so that who cannot see it learns why, too.
    setAttribute(this.#start, "aria-disabled", whyNoStart ? "true" : null);
    setAttribute(this.#start, "title", whyNoStart || "Start a simulation");
    setAttribute(this.#start, "aria-description", whyNoStart || null);
  }
}

function onPress(button: HTMLButtonElement, act: () => void): void {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") act();
  });
}
