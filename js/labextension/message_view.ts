/** The sidebar's body while there is no panel: what goes on, or what can be opened. */
import { h } from "../shared/dom";
import { icon } from "../shared/icons";
import { shortPath } from "./paths";
import type { Recent } from "./recents";
import { shellIcon } from "./shell_icons";
import type { Message } from "./source_message";

export const FIRST_LINES = "import gymdash_jupyter as gd\n\ngd.open_project()";

export interface Actions {
  open(project: string): void;
  create(project: string): void;
  openOther(): void;
  forget(project: string): void;
  back(): void;
  newNotebook(): void;
  copy(text: string): void;
}

/** Bars in the place of rows; the style sheet holds them back for 300 ms. */
export function loadingView(label: string): HTMLElement {
  const bars = h("div", { class: "gd-shell-loading", role: "status", label });
  for (let i = 0; i < 5; i += 1) bars.append(h("i"));
  return bars;
}

export function messageView(
  message: Message,
  retry: () => void,
  retryWords = "Try again",
  create?: () => void,
): HTMLElement {
  if (message.kind === "loading") return loadingView("The project is being opened");
  const again = button(retryWords, retry);
  return h(
    "div",
    { class: "gd-shell-message", role: message.kind === "failed" ? "alert" : "status" },
    h(
      "p",
      { class: "gd-bar gd-shell-said" },
      message.kind === "failed" ? icon("warn", "is-error") : null,
      h("span", { text: message.text }),
    ),
    message.next ? h("p", { class: "gd-small gd-muted", text: message.next }) : null,
    message.canRetry
      ? h(
          "div",
          { class: "gd-shell-buttons" },
          again,
          create ? button("New project here", create) : null,
        )
      : null,
  );
}

/** A project that could not be opened. */
export function failureView(project: string, reason: string, actions: Actions): HTMLElement {
  return h(
    "div",
    { class: "gd-shell-message", role: "alert" },
    h(
      "p",
      { class: "gd-bar gd-shell-said" },
      icon("warn", "is-error"),
      h("span", { text: reason }),
    ),
    h("p", { class: "gd-small gd-muted gd-shell-path", text: project }),
    h(
      "div",
      { class: "gd-shell-buttons" },
      button("Try again", () => actions.open(project)),
      button("New project here", () => actions.create(project)),
    ),
    h(
      "div",
      { class: "gd-shell-buttons is-ghost" },
      button("Back", actions.back, "gd-btn is-low"),
      button("Remove from the list", () => actions.forget(project), "gd-btn is-low"),
    ),
  );
}

/** What can be opened, and how to begin from a notebook. */
export function recentsView(
  recents: readonly Recent[],
  fallback: string,
  hint: string,
  actions: Actions,
): HTMLElement {
  const listed = recents.length ? recents : [{ project: fallback, place: shortPath(fallback) }];
  const title = recents.length ? "Recent projects" : "Open a project";
  return h(
    "div",
    { class: "gd-shell-message gd-shell-choice" },
    hint ? h("p", { class: "gd-muted", role: "status", text: hint }) : null,
    h("h2", { text: title }),
    h(
      "div",
      { class: "gd-shell-recents" },
      ...listed.map((recent) => recentRow(recent, actions)),
      row("Other folder\u2026", "", icon("more", "is-muted"), actions.openOther),
    ),
    h("p", {
      class: "gd-small gd-muted",
      text:
        "A project opens here in a small kernel of its own, " +
        "so that it can be seen while notebooks are busy or closed.",
    }),
    h("h2", { text: "Begin in a notebook" }),
    h("pre", { class: "gd-code gd-shell-code", tabindex: 0, label: "Code", text: FIRST_LINES }),
    h(
      "div",
      { class: "gd-shell-buttons" },
      button("New notebook", actions.newNotebook),
      button("Copy", () => actions.copy(FIRST_LINES), "gd-btn is-low"),
    ),
  );
}

function recentRow({ project, place }: Recent, actions: Actions): HTMLElement {
  return row(place, project, shellIcon("folder", "is-muted"), () => actions.open(project));
}

function row(text: string, title: string, shape: SVGElement, act: () => void): HTMLElement {
  const element = h(
    "button",
    { class: "gd-shell-recent", type: "button", title },
    shape,
    h("span", { class: "gd-clip gd-grow", text }),
  );
  element.addEventListener("click", act);
  return element;
}

function button(text: string, act: () => void, style = "gd-btn is-line is-low"): HTMLElement {
  const element = h("button", { class: style, type: "button", text });
  element.addEventListener("click", act);
  return element;
}
