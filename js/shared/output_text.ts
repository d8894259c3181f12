/** The last lines of what a simulation printed. They follow its end until somebody scrolls up or marks some. */
import { copyText } from "./card/notes";
import { h, setText, show } from "./dom";
import { icon } from "./icons";

/** As many lines as the kernel sends at most. */
const SHOWN_LINES = 200;
const NEAR_END_PX = 8;

export class OutputText {
  readonly element = h("pre", {
    class: "gd-trace gd-output",
    hidden: true,
    tabindex: 0,
    role: "region",
    label: "Output",
  });
  /** What is not shown of it, in words. */
  readonly told = h("span", { class: "gd-small gd-muted gd-grow gd-clip" });
  /** Goes to the end and follows again. */
  readonly follow = h(
    "button",
    {
      class: "gd-btn is-low gd-follow",
      type: "button",
      hidden: true,
      title: "Go to the end and follow",
    },
    icon("down"),
    "Follow",
  );
  readonly copy: HTMLButtonElement;
  readonly #copyWord = h("span", { text: "Copy" });
  /** The newest text; what is shown may be older while somebody reads. */
  #newest = "";

  constructor(signal: AbortSignal) {
    this.copy = h(
      "button",
      { class: "gd-btn is-low", type: "button", hidden: true },
      icon("copy"),
      this.#copyWord,
    );
    this.copy.addEventListener("click", () => void this.#onCopy());
    this.follow.addEventListener("click", () => {
      document.getSelection()?.removeAllRanges();
      this.#showEnd();
    });
    this.element.addEventListener("scroll", () => this.#showNewest(), { passive: true });
    document.addEventListener("selectionchange", () => this.#showNewest(), { signal });
  }

  show(isShown: boolean): void {
    show(this.element, isShown);
    show(this.copy, isShown);
    if (!isShown) this.clear();
  }

  clear(): void {
    this.#newest = "";
    setText(this.element, "");
    setText(this.told, "");
    show(this.follow, false);
  }

  take(text: string): void {
    this.#newest = text;
    this.#showNewest();
  }

  /** Lines stay where they are while somebody has scrolled up or has marked some. */
  #showNewest(): void {
    const old = this.element.textContent ?? "";
    const isRead = old !== "" && (!this.#isAtEnd || this.#isMarked);
    show(this.follow, isRead);
    const isNewer = old !== this.#newest;
    const lines = this.#newest.split("\n").length;
    const cut = lines >= SHOWN_LINES ? `last ${SHOWN_LINES} lines` : "";
    setText(this.told, isRead && isNewer ? "newer lines at the end" : cut);
    if (isNewer && !isRead) this.#showEnd();
  }

  #showEnd(): void {
    setText(this.element, this.#newest);
    this.element.scrollTop = this.element.scrollHeight;
    show(this.follow, false);
  }

  get #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  get #isMarked(): boolean {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return false;
    return [selection.anchorNode, selection.focusNode].some((end) => this.element.contains(end));
  }

  async #onCopy(): Promise<void> {
    const isDone = await copyText(() => Promise.resolve(this.#newest));
    setText(this.#copyWord, isDone ? "Copied" : "Not copied");
    setTimeout(() => setText(this.#copyWord, "Copy"), 1500);
  }
}
