/** The icon of a state, with the wedge of progress inside a running one. */
import { icon, wedgePath } from "../icons";
import { fraction, isNotAnswering, isSilent, type Simulation } from "./simulation";

export class StateIcon {
  readonly element = document.createElement("span");
  #shown = "";

  constructor() {
    this.element.className = "gd-state";
  }

  update(sim: Simulation, now: number): void {
    const name =
      isNotAnswering(sim, now) || isSilent(sim) ? "warn" : (`state-${sim.state}` as const);
    if (name !== this.#shown) {
      this.#shown = name;
      this.element.replaceChildren(icon(name, name === "warn" ? "is-warn" : ""));
    }
    const wedge = this.element.querySelector(".gd-wedge");
    if (wedge) {
      const d = wedgePath(fraction(sim) ?? 0);
      if (wedge.getAttribute("d") !== d) wedge.setAttribute("d", d);
    }
  }
}
