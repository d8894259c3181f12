/** The sidebar: head, project and, below them, one kernel's panel or what can be done without one. */
import type { Message as LuminoMessage } from "@lumino/messaging";
import { Panel, Widget } from "@lumino/widgets";
import { h, setText, show } from "../shared/dom";
import { setBadge } from "./badge";
import { Header } from "./header";
import { gymdashIcon } from "./lab_icon";
import { type Actions, failureView, loadingView, messageView, recentsView } from "./message_view";
import type { SidebarModel } from "./model";
import { projectName, shortPath } from "./paths";
import { ProjectRow } from "./project_row";
import { ShownPanels } from "./shown_panels";
import type { Source } from "./source";
import { messageOf } from "./source_message";

const SIZE_EVERY_MS = 60_000;

export interface SidebarActions extends Actions {
  openDashboard(): void;
  start(): void;
  openMenu(button: HTMLElement): void;
}

export class Sidebar extends Panel {
  readonly #model: SidebarModel;
  readonly #actions: SidebarActions;
  readonly #header: Header;
  readonly #row: ProjectRow;
  readonly #quiet = new QuietLine();
  readonly #message = new Widget();
  readonly #panels: ShownPanels;
  readonly #sizes = new WeakMap<Source, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #said = "";
  #sized: Source | null = null;

  constructor(model: SidebarModel, actions: SidebarActions) {
    super();
    this.#model = model;
    this.#actions = actions;
    this.#header = new Header(actions);
    this.#row = new ProjectRow(actions.openMenu);
    this.id = "gymdash-sidebar";
    this.title.icon = gymdashIcon;
    this.addClass("gd");
    this.addClass("gd-shell");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", "GymDash sidebar");
    const top = h("div", {}, this.#header.element, this.#row.element, this.#quiet.element);
    this.addWidget(new Widget({ node: top }));
    this.#message.addClass("gd-shell-body");
    this.addWidget(this.#message);
    this.#panels = new ShownPanels(this, () => this.#update());
    model.changed.connect(this.#update, this);
    this.#timer = setInterval(() => this.#askSize(), SIZE_EVERY_MS);
    this.#update();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    clearInterval(this.#timer);
    this.#model.changed.disconnect(this.#update, this);
    super.dispose();
  }

  protected override onAfterShow(message: LuminoMessage): void {
    super.onAfterShow(message);
    this.#update();
    this.#askSize();
  }

  #update(): void {
    const { shown } = this.#model;
    this.#updateTop(shown);
    setBadge(this.title, this.#model.requests);
    if (!this.isVisible) return; // no kernel makes a panel that nobody looks at
    const isMessage = this.#updateBody(shown);
    this.#message.setHidden(!isMessage);
    this.#panels.show(isMessage ? null : shown);
    if (shown !== this.#sized && shown?.state) {
      this.#sized = shown;
      this.#askSize();
    }
  }

  #updateTop(shown: Source | null): void {
    const state = shown?.state ?? null;
    const project = state?.project ?? null;
    const opening =
      this.#model.opening ?? (shown?.kind === "own" ? this.#model.recents.chosen : null);
    this.#header.update({ hasProject: true, whyNoStart: whyNoStart(shown) });
    this.#row.update({
      project: project ?? opening,
      place: state?.place || shortPath(project ?? opening ?? ""),
      sizeBytes: (shown && this.#sizes.get(shown)) ?? state?.size_bytes ?? null,
      isReadOnly: state?.is_read_only ?? false,
      notebook: shown?.kind === "notebook" ? shown.name : "",
    });
    this.#quiet.update(shown, () => project !== null && this.#actions.open(project));
  }

  /** Say what there is to say; false where a panel is shown instead. */
  #updateBody(shown: Source | null): boolean {
    const { failure, opening, recents, settings, notebooks } = this.#model;
    const actions = this.#actions;
    if (opening !== null) {
      const label = `Opening ${projectName(opening)}`;
      return this.#say(`opening ${opening}`, () => loadingView(label));
    }
    if (failure) {
      const { project, reason } = failure;
      return this.#say(`failed ${project} ${reason}`, () => failureView(project, reason, actions));
    }
    if (shown === null) {
      const hint = hintOf(notebooks.current);
      const key = `recents ${hint} ${JSON.stringify(recents.all)} ${settings.values.project}`;
      const make = () => recentsView(recents.all, settings.values.project, hint, actions);
      return this.#say(key, make);
    }
    const message = messageOf(shown) ?? this.#panels.messageOf(shown);
    if (!message) {
      this.#said = "";
      return false;
    }
    const retry = () => {
      const project = shown.state?.project ?? recents.chosen;
      this.#panels.forget(shown);
      if (shown.phase === "ready") this.#update();
      else if (project !== null) actions.open(project);
    };
    return this.#say(JSON.stringify(message), () => messageView(message, retry));
  }

  /** Show a message once, so that what has the focus in it keeps it. */
  #say(key: string, make: () => HTMLElement): boolean {
    if (key !== this.#said) {
      this.#said = key;
      this.#message.node.replaceChildren(make());
    }
    return true;
  }

  /** Ask how large the project is, while somebody looks. */
  #askSize(): void {
    const { shown } = this.#model;
    if (!shown?.state?.project || !this.isVisible || document.hidden) return;
    shown
      .ask("size")
      .then((answer) => {
        const size = (answer as { size_bytes?: unknown } | null)?.size_bytes;
        if (typeof size !== "number") return;
        this.#sizes.set(shown, size);
        this.#update();
      })
      .catch(() => {}); // what is known already stays
  }
}

/** A line that says quietly that the notebook's kernel does not answer, and what can be done. */
class QuietLine {
  readonly element: HTMLElement;
  readonly #words = h("span", { class: "gd-grow" });
  #act = () => {};

  constructor() {
    const button = h("button", {
      class: "gd-btn is-line is-low",
      type: "button",
      text: "Show it from a kernel of its own",
    });
    button.addEventListener("click", () => this.#act());
    this.element = h(
      "div",
      { class: "gd-shell-quiet gd-small", role: "status", hidden: true },
      this.#words,
      button,
    );
  }

  update(shown: Source | null, act: () => unknown): void {
    const isDeaf = shown?.kind === "notebook" && shown.isBusyDeaf;
    show(this.element, isDeaf === true);
    if (!shown || !isDeaf) return;
    setText(this.#words, `${shown.name} is busy with a cell, its kernel does not answer.`);
    show(this.element.lastElementChild as HTMLElement, Boolean(shown.state?.project));
    this.#act = act;
  }
}

function whyNoStart(shown: Source | null): string {
  const { state } = shown ?? {};
  if (!state || state.can_start) return "";
  return state.is_read_only
    ? "This project is open read-only: nothing can be started in it."
    : "Nothing can be started from here.";
}

/** Say why the active notebook's project is not shown. */
function hintOf(notebook: Source | null): string {
  if (!notebook) return "";
  if (notebook.phase === "restarting") return `The kernel of ${notebook.name} restarts.`;
  if (notebook.phase === "gone") return `The kernel of ${notebook.name} has ended.`;
  if (notebook.isBusyDeaf) return `${notebook.name} is busy with a cell.`;
  return notebook.state ? `${notebook.name} has no project open.` : "";
}
