/** The dashboard of a project as a tab of the main area, always from the project's own kernel. */
import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import { MainAreaWidget, WidgetTracker } from "@jupyterlab/apputils";
import { Panel, Widget } from "@lumino/widgets";
import { CommandIds } from "./command_ids";
import { gymdashIcon } from "./lab_icon";
import { loadingView, messageView } from "./message_view";
import type { Owns } from "./model";
import { projectName } from "./paths";
import type { OpenOptions, Source } from "./source";
import { messageOf } from "./source_message";

export interface DashboardOptions extends OpenOptions {
  /** The simulation to select. */
  sim?: string;
}

/** How long an unused kernel waits for the tab to be opened again. */
const LINGER_MS = 10_000;

/** What fills the tab: the dashboard, or why there is none. */
export class DashboardContent extends Panel {
  readonly #owns: Owns;
  readonly #message = new Widget();
  #project: string;
  #source: Source | null = null;
  #view: Widget | null = null;
  #isAsked = false;
  #trouble = "";
  /** Whether the project could not be opened: perhaps there is none. */
  #isRefused = false;

  constructor(owns: Owns, project: string) {
    super();
    this.#owns = owns;
    this.#project = project;
    this.addClass("gd");
    this.addClass("gd-shell-dashboard");
    this.title.label = `GymDash: ${projectName(project)}`;
    this.title.icon = gymdashIcon;
    this.title.caption = project;
    this.title.closable = true;
    this.#message.addClass("gd-shell-page");
    this.#message.node.replaceChildren(loadingView("The dashboard is being opened"));
    this.addWidget(this.#message);
  }

  /** Absolute once a kernel has said so. */
  get project(): string {
    return this.#project;
  }

  get source(): Source | null {
    return this.#source;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#source?.changed.disconnect(this.#update, this);
    super.dispose();
  }

  /** Find the project's kernel, or start it, and show its dashboard. */
  async connect(options: DashboardOptions): Promise<void> {
    this.#trouble = "";
    this.#isRefused = false;
    this.#source?.changed.disconnect(this.#update, this);
    this.#source = null;
    this.#message.node.replaceChildren(loadingView("The dashboard is being opened"));
    const { sim, ...open } = options;
    try {
      const source = await this.#owns.open(this.#project, open);
      if (this.isDisposed) return;
      this.#source = source;
      source.changed.connect(this.#update, this);
      await this.#fetch(sim);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#isRefused = !open.attachOnly;
      this.#trouble = open.attachOnly
        ? "The dashboard was open here. Its kernel has ended; simulations do not need it."
        : reason;
    }
    this.#update();
  }

  /** Select a simulation in the dashboard that is shown. */
  async select(sim: string): Promise<void> {
    if (this.#source && this.#view) await this.#source.ask("dashboard", { sim });
    else await this.connect({ sim });
  }

  async #fetch(sim?: string): Promise<void> {
    if (!this.#source) return;
    this.#isAsked = true;
    const view = await this.#source.dashboard(sim);
    if (this.isDisposed || view === this.#view) return;
    if (this.#view && !this.#view.isDisposed) this.#view.parent = null;
    this.#view = view;
    view.addClass("gd-shell-page");
    this.addWidget(view);
  }

  #update(): void {
    if (this.isDisposed) return;
    const source = this.#source;
    const project = source?.state?.project;
    if (project && project !== this.#project) {
      this.#project = project;
      this.title.caption = project;
      this.title.label = `GymDash: ${projectName(project)}`;
    }
    const message = this.#trouble
      ? {
          kind: this.#isRefused ? ("failed" as const) : ("words" as const),
          ...{ text: this.#trouble, next: "", canRetry: true },
        }
      : source && messageOf(source);
    if (message) {
      const again = () => void this.connect({});
      const create = this.#isRefused ? () => void this.connect({ create: true }) : undefined;
      this.#message.node.replaceChildren(
        messageView(message, again, create ? "Try again" : "Open again", create),
      );
      if (source && source.phase !== "ready") this.#isAsked = false;
    } else if (source && !this.#isAsked) this.#refetch();
    this.#message.setHidden(!message && this.#view !== null);
    this.#view?.setHidden(Boolean(message));
  }

  /** A kernel that restarted makes a new one. */
  #refetch(): void {
    this.#fetch()
      .catch((error: unknown) => {
        this.#trouble = error instanceof Error ? error.message : String(error);
      })
      .finally(() => this.#update());
  }
}

export class DashboardTabs {
  readonly #app: JupyterFrontEnd;
  readonly #owns: Owns;
  /** Whether something else shows a project's own kernel. */
  readonly #isUsed: (project: string) => boolean;
  readonly #tracker = new WidgetTracker<MainAreaWidget<DashboardContent>>({
    namespace: "gymdash-dashboard",
  });

  constructor(app: JupyterFrontEnd, owns: Owns, isUsed: (project: string) => boolean) {
    this.#app = app;
    this.#owns = owns;
    this.#isUsed = isUsed;
  }

  /** Bring back the tabs that were open before the page was loaded; starts no kernel. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.#tracker, {
      command: CommandIds.openDashboard,
      args: ({ content }) => ({ project: content.project, attachOnly: true }),
      name: ({ content }) => content.project,
    });
  }

  /** Show a project's dashboard; one tab a project. */
  async open(project: string, options: DashboardOptions = {}): Promise<void> {
    const known = this.#tracker.find(({ content }) => content.project === project);
    if (known) {
      this.#app.shell.activateById(known.id);
      const { content } = known;
      if (!content.source) await content.connect(options);
      else if (options.sim) await content.select(options.sim);
      return;
    }
    const content = new DashboardContent(this.#owns, project);
    const tab = new MainAreaWidget({ content });
    tab.id = `gymdash-dashboard-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;
    tab.title.label = content.title.label;
    tab.disposed.connect(() => this.#onClosed(content));
    const { shell } = this.#app;
    shell.add(tab, "main");
    // A notebook's page in Notebook 7 has room for the notebook only.
    if (!tab.isAttached) {
      tab.addClass("gd-shell-down");
      shell.add(tab, "down");
    }
    shell.activateById(tab.id);
    const wasKnown = content.project;
    await this.#tracker.add(tab);
    await content.connect(options);
    if (content.project !== wasKnown) await this.#tracker.save(tab);
  }

  /** Whether a project's dashboard is open. */
  has(project: string): boolean {
    return this.#tracker.find(({ content }) => content.project === project) !== undefined;
  }

  #onClosed(content: DashboardContent): void {
    const { source, project } = content;
    if (source?.kind !== "own") return;
    setTimeout(() => {
      if (!this.has(project) && !this.#isUsed(project)) void this.#owns.close(project);
    }, LINGER_MS);
  }
}
