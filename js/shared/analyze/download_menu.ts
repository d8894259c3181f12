/** What is shown, to take along: a picture, its numbers, or the Python that draws it. */
import { h, setText } from "../dom";
import { type IconName, icon } from "../icons";
import { Floating } from "./floating";

export interface Downloads {
  png(): Promise<void>;
  svg(): Promise<void>;
  csv(): Promise<void>;
  /** Put the Python on the clipboard; false where that is not allowed. */
  python(): Promise<boolean>;
}

export class DownloadMenu {
  readonly button: HTMLButtonElement;

  constructor(downloads: Downloads, signal: AbortSignal) {
    const title = "Download the chart or its numbers, copy its Python";
    this.button = h(
      "button",
      { class: "gd-btn is-low is-icon", type: "button", title, label: "Download" },
      icon("download"),
    );
    const fill = (panel: HTMLElement, close: () => void) => {
      const add = (words: string, hint: string, name: IconName, does: () => Promise<unknown>) => {
        const said = h("span", { class: "gd-grow", text: words });
        const row = h(
          "button",
          { class: "gd-option", type: "button" },
          icon(name, "is-muted"),
          said,
          h("span", { class: "gd-muted", text: hint }),
        );
        row.addEventListener("click", () => void does());
        panel.append(row);
        return said;
      };
      const closing = (does: () => Promise<void>) => async () => {
        close();
        await does();
      };
      add("PNG", "the chart", "download", closing(downloads.png));
      add("SVG", "the chart, to edit", "download", closing(downloads.svg));
      add("CSV", "what is shown", "download", closing(downloads.csv));
      const python = add("Copy Python", "matplotlib", "copy", async () => {
        const isDone = await downloads.python();
        setText(python, isDone ? "Copied" : "Not copied");
        setTimeout(() => close(), 900);
      });
    };
    new Floating({ label: "Download", class: "gd-download", fill }, signal).attach(this.button);
  }
}
