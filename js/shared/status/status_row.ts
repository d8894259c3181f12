/** One status: when, what kind, whose, the words, and the trace in a fold. */
import { copyText, Fold } from "../card/notes";
import { statusIcon } from "../card/status_line";
import { h, setText, show } from "../dom";
import { formatClock } from "../format";
import { icon } from "../icons";
import { Whose } from "../system/whose";
import type { StatusFacts } from "./facts";

const WORDS = { success: "Success", info: "Info", stopped: "Stopped", error: "Error" } as const;
/** Longer texts are cut to some lines until they are opened. */
const LONG = 200;

export interface StatusCalls {
  trace(number: number): Promise<string>;
  /** Somebody wants to see what a simulation prints. */
  onOutput(simId: string): void;
}

export function statusRow(status: StatusFacts, calls: StatusCalls): HTMLElement {
  const kind = h("span", { class: "gd-state", role: "img", label: WORDS[status.kind] });
  kind.title = WORDS[status.kind];
  kind.append(statusIcon(status));
  const words = h("span", { class: "gd-saidwords", text: status.text || "No words" });
  const row = h(
    "div",
    { class: "gd-said" },
    h("span", {
      class: "gd-saidtime gd-muted",
      text: status.time ? formatClock(status.time) : "",
    }),
    kind,
    whoseButton(status, calls),
    words,
  );
  const item = h("div", { class: `gd-saiditem is-${status.kind}`, role: "listitem" }, row);
  if (status.has_trace) addTrace(item, row, words, status, calls);
  else if (isLong(status.text)) addMore(row, words);
  return item;
}

function whoseButton({ sim }: StatusFacts, calls: StatusCalls): HTMLElement {
  const whose = new Whose();
  whose.update([sim]);
  const button = h("button", { class: "gd-saidwho", type: "button" }, whose.element);
  button.title = `${sim.name}: show its output`;
  button.addEventListener("click", () => calls.onOutput(sim.id));
  return button;
}

export function isLong(text: string): boolean {
  return text.length > LONG || text.split("\n").length > 3;
}

/** Let a long text be opened. */
export function addMore(row: HTMLElement, words: HTMLElement): void {
  const fold = new Fold();
  fold.say("More");
  fold.button.addEventListener("click", () => words.classList.toggle("is-open", fold.toggle()));
  row.append(fold.button);
}

function addTrace(
  item: HTMLElement,
  row: HTMLElement,
  words: HTMLElement,
  { number, sim }: StatusFacts,
  calls: StatusCalls,
): void {
  const fold = new Fold();
  fold.say("Trace");
  const copyWord = h("span", { text: "Copy" });
  const copy = h("button", { class: "gd-btn is-low", type: "button" }, icon("copy"), copyWord);
  const text = h("pre", { class: "gd-trace", tabindex: 0, role: "region", label: "Trace" });
  text.setAttribute("aria-label", `Trace of ${sim.name}`);
  const box = h("div", { class: "gd-saidtrace", hidden: true }, copy, text);
  fold.button.addEventListener("click", async () => {
    const isOpen = fold.toggle();
    words.classList.toggle("is-open", isOpen);
    if (isOpen && !text.textContent) {
      const read = await calls.trace(number).catch((error: unknown) => `${error}`);
      setText(text, read);
    }
    show(box, isOpen);
    if (isOpen) text.scrollTop = text.scrollHeight; // what went wrong stands last
  });
  copy.addEventListener("click", async () => {
    const isDone = await copyText(() => Promise.resolve(text.textContent ?? ""));
    setText(copyWord, isDone ? "Copied" : "Not copied");
    setTimeout(() => setText(copyWord, "Copy"), 1500);
  });
  row.append(fold.button);
  item.append(box);
}
