/** What was started last, and what became of it. */
import { h, setText, show } from "../dom";
import { plural } from "../format";
import { icon } from "../icons";

const SHOWN_NAMES = 3;
const WORDS: Readonly<Record<string, string>> = { setting_up: "setting up" };

export class Started {
  readonly element: HTMLElement;
  readonly #names = h("span", { class: "gd-clip" });
  readonly #states = h("span", { class: "gd-muted gd-start-states" });
  #ids: readonly string[] = [];
  #isSaid = false;

  constructor(insert: (code: string) => void) {
    const watch = h("button", {
      class: "gd-btn is-low",
      type: "button",
      text: "Watch",
      title: "Put gd.watch(...) for them into a new cell below",
    });
    watch.addEventListener("click", () => {
      const ids = this.#ids.map((id) => `"${id.slice(0, 8)}"`).join(", ");
      insert(`gd.watch([${ids}])`);
    });
    this.element = h(
      "div",
      { class: "gd-bar gd-start-done gd-small", role: "status", hidden: true },
      icon("check", "is-muted"),
      this.#names,
      this.#states,
      h("span", { class: "gd-grow" }),
      watch,
    );
  }

  set ids(ids: readonly string[]) {
    if (ids.join() === this.#ids.join()) return;
    this.#ids = ids;
    this.#isSaid = false;
    show(this.element, ids.length > 0);
    setText(this.#names, `${plural(ids.length, "simulation", "simulations")} started`);
  }

  show(ids: readonly string[], names: readonly string[], isQueued: boolean): void {
    this.ids = ids;
    if (this.#isSaid) return;
    this.#isSaid = true;
    const some = names.slice(0, SHOWN_NAMES).join(", ");
    const more = ids.length > SHOWN_NAMES ? ` and ${ids.length - SHOWN_NAMES} more` : "";
    const word = isQueued ? "Queued" : "Started";
    setText(
      this.#names,
      ids.length ? `${word} ${some}${more}` : "Nothing was missing.",
      names.join("\n"),
    );
    show(this.element, true);
  }

  states(states: Readonly<Record<string, number>>): void {
    const words = Object.entries(states).map(([state, n]) => `${n} ${WORDS[state] ?? state}`);
    setText(this.#states, words.join(", "));
  }
}
