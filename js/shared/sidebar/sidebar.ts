/** The sidebar: control requests while there are some, the simulations, the machine; or the form that starts some. */

import { Slot } from "../dashboard/slot";
import { h, show } from "../dom";
import type { PanelContext, PanelPart, PanelTraits } from "../panel";

/** As the Python class has them. */
export interface SidebarTraits extends PanelTraits {
  is_starting: boolean;
  panels: Record<string, string>;
  open_requests: number;
  place: string;
  folder: string;
  can_start: boolean;
}

const FAILED = "This part of the sidebar could not be loaded. Run the cell again.";
const SECTIONS = ["control", "simulations", "system"] as const;
const START = "start";
const PREPARE_AFTER_MS = 1500;

export class Sidebar implements PanelPart {
  readonly element = h("div", { class: "gd-side" });
  readonly #context: PanelContext<SidebarTraits>;
  readonly #parts = new Map<string, { element: HTMLElement; slot: Slot }>();

  constructor(context: PanelContext<SidebarTraits>) {
    this.#context = context;
    for (const name of [...SECTIONS, START]) {
      const slot = new Slot(context.model.widget_manager, context.signal, "gd-side-slot", FAILED);
      const element = h("div", { class: `gd-side-part is-${name}`, hidden: true }, slot.element);
      this.#parts.set(name, { element, slot });
      this.element.append(element);
    }
    // The form is made when the sidebar is there: a busy kernel could not make it when it is wanted.
    const timer = setTimeout(() => void this.#prepare(), PREPARE_AFTER_MS);
    context.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  update(): void {
    const { get } = this.#context;
    const isStarting = get("is_starting");
    const panels = get("panels") ?? {};
    for (const [name, { element, slot }] of this.#parts) {
      const isWanted = name === START ? isStarting : !isStarting && this.#isWanted(name);
      show(element, isWanted);
      if (isWanted) void slot.show(panels[name]);
    }
    this.#fill();
  }

  tick(): void {
    this.#fill();
  }

  #isWanted(name: string): boolean {
    return name !== "control" || this.#context.get("open_requests") > 0;
  }

  /** Take all of the height where one is given: by its `layout`, or by JupyterLab's left area. */
  #fill(): void {
    const panel = this.element.closest<HTMLElement>(".gymdash-sidebar-panel");
    const place = panel?.parentElement;
    const isGiven = Boolean(place?.style.height || place?.closest(".gd-shell-body"));
    panel?.classList.toggle("is-filling", isGiven);
  }

  async #prepare(): Promise<void> {
    if (!this.#context.get("can_start")) return;
    await this.#context.channel.ask("prepare").catch(() => {}); // then it is made when it is shown
  }
}
