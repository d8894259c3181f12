/** The line below the head: which project is open, where it comes from, its size; it opens the menu. */
import { h, setAttribute, setText, show } from "../shared/dom";
import { formatBytes } from "../shared/format";
import { icon } from "../shared/icons";
import { shellIcon } from "./shell_icons";

export interface RowState {
  /** Absolute; null while none is open. */
  readonly project: string | null;
  readonly place: string;
  readonly sizeBytes: number | null;
  readonly isReadOnly: boolean;
  /** Which kernel shows it, as in "train.ipynb"; "" for one of the sidebar's own. */
  readonly notebook: string;
}

export class ProjectRow {
  readonly element: HTMLElement;
  /** The whole line is the button of the menu. */
  readonly button: HTMLButtonElement;
  readonly #place = h("span", { class: "gd-clip gd-grow gd-shell-place" });
  readonly #note = h("span", { class: "gd-muted", text: "read-only", hidden: true });
  readonly #size = h("span", { class: "gd-muted gd-num" });

  constructor(openMenu: (button: HTMLElement) => void) {
    this.button = h(
      "button",
      {
        class: "gd-shell-row gd-small",
        type: "button",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
      },
      shellIcon("folder", "is-muted"),
      this.#place,
      this.#note,
      this.#size,
      icon("down", "is-muted"),
    );
    this.button.addEventListener("click", () => openMenu(this.button));
    this.button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      openMenu(this.button);
    });
    this.element = h("div", { class: "gd-shell-project" }, this.button);
  }

  update({ project, place, sizeBytes, isReadOnly, notebook }: RowState): void {
    setText(this.#place, project === null ? "No project" : place);
    this.#place.classList.toggle("gd-muted", project === null);
    const from = notebook ? `\nShown from ${notebook}` : "";
    const readOnly = isReadOnly ? "\nRead-only: nothing in it can be changed from here" : "";
    setAttribute(this.button, "title", `${project ?? "Open a project"}${from}${readOnly}`);
    const size = project === null || sizeBytes === null ? "" : formatBytes(sizeBytes);
    const name = project === null ? "Open a project" : `Project ${place}`;
    const words = [name, project !== null && isReadOnly ? "read-only" : "", size];
    setAttribute(this.button, "aria-label", words.filter(Boolean).join(", "));
    show(this.#note, project !== null && isReadOnly);
    setText(this.#size, size);
    show(this.#size, size !== "");
  }
}
