/** One kernel of a project's own: started or found, with a widget manager, through restarts until it ends. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { SessionContext } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { Kernel } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";
import type { Widget } from "@lumino/widgets";
import { KernelEnd } from "./kernel_end";
import { KernelSource } from "./kernel_source";
import { bootCode, troubleOf } from "./own_boot";
import { NO_WIDGETS, Views } from "./rendering";
import type { OpenOptions, Phase } from "./source";
import { leaveWidgetsAlone } from "./widget_openings";

/** The plugin that draws widgets; without it nothing of ours can be shown. */
const MANAGER = "@jupyter-widgets/jupyterlab-manager:plugin";

export interface OwnKernelParts {
  readonly app: JupyterFrontEnd;
  /** JupyterLab's own. */
  readonly rendermime: IRenderMimeRegistry;
  /** The project's folder as the kernel is told. */
  readonly folder: string;
  /** Of the session: the same for every page, another for every project. No such file is made. */
  readonly path: string;
  readonly title: string;
}

export class OwnKernel extends KernelSource {
  readonly kind = "own";
  readonly #parts: OwnKernelParts;
  readonly #context: SessionContext;
  #views: Promise<Views> | null = null;
  #phase: Phase = "starting";
  #trouble = "";
  /** Waits for the process that is there now to have opened the project. */
  #boot: Promise<void> = Promise.resolve();
  #mustBoot = false;
  #ending: Promise<void> | null = null;

  constructor(parts: OwnKernelParts, options: OpenOptions) {
    const context = makeContext(parts, options);
    super(new KernelEnd(context, true));
    this.#parts = parts;
    this.#context = context;
    // Before there is a manager, which listens to the same signal later and so has the last word.
    context.kernelChanged.connect((_, { newValue }) => newValue && leaveWidgetsAlone(newValue));
  }

  get name(): string {
    return this.state?.project ?? this.#parts.folder;
  }

  get phase(): Phase {
    return this.#phase;
  }

  override get trouble(): string {
    return this.#trouble;
  }

  /** @throws Error that says why the project cannot be shown; the kernel is left as it is. */
  async start(options: OpenOptions): Promise<void> {
    if (!this.#parts.app.hasPlugin(MANAGER)) throw new Error(NO_WIDGETS);
    // Two tabs that open at once would start two kernels.
    const mustChoose = await locked(this.#context.path, () => this.#context.initialize());
    const { kernel } = this.#context.session ?? {};
    if (!kernel) {
      if (options.attachOnly) throw new Error("No kernel shows this project now.");
      throw new Error(noKernel(mustChoose, options.kernel ?? ""));
    }
    this.#context.statusChanged.connect((_, status) => this.#onStatus(status));
    this.#context.kernelChanged.connect(() => this.#onKernel());
    this.end.replaced.connect(() => this.#bootAgain());
    this.#boot = this.#open(options);
    await this.#boot;
  }

  override async panel(): Promise<Widget> {
    await this.#boot;
    await this.views(); // before there are widgets, so that it hears of each
    return await super.panel();
  }

  override async dashboard(sim?: string): Promise<Widget> {
    await this.#boot;
    await this.views();
    return await super.dashboard(sim);
  }

  override async ask(what: string, content: object = {}): Promise<unknown> {
    await this.#boot;
    return await super.ask(what, content);
  }

  /** End the kernel. Simulations in processes of their own go on. */
  shutdown(): Promise<void> {
    this.#ending ??= this.#shutdown();
    return this.#ending;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#phase = "gone";
    void this.#views?.then((views) => views.clear()).catch(() => {});
    super.dispose();
    this.#context.dispose();
  }

  protected views(): Promise<Views> {
    this.#views ??= this.#makeViews();
    this.#views.catch(() => {
      this.#views = null; // the next one who asks tries again
    });
    return this.#views;
  }

  async #shutdown(): Promise<void> {
    this.#phase = "gone";
    try {
      await this.#context.shutdown();
    } finally {
      this.dispose();
    }
  }

  /** Have the kernel open the project, unless it has: after a reload of the page no code is run. */
  async #open(options: OpenOptions): Promise<void> {
    const kernel = this.#context.session?.kernel;
    if (!kernel) throw new Error("The project's kernel ended before it was ready.");
    const link = await this.end.find();
    if (link && (await this.#hasProject())) return this.#setPhase("ready");
    const { folder } = this.#parts;
    const future = kernel.requestExecute({
      code: bootCode(folder, options.create === true),
      silent: true,
      store_history: false,
      allow_stdin: false,
    });
    const { content } = await future.done;
    if (content.status !== "ok") throw new Error(troubleOf(content, kernel.name));
    await this.end.find();
    if (!(await this.#hasProject())) {
      throw new Error(`The kernel ${kernel.name} did not say that the project is open.`);
    }
    this.#setPhase("ready");
  }

  /** Wait for the kernel's first words of its project. */
  async #hasProject(): Promise<boolean> {
    const isThere = () => Boolean(this.end.link?.state?.project);
    if (isThere()) return true;
    return await new Promise((resolve) => {
      const done = () => {
        if (!this.end.link?.state && Date.now() < until) return;
        this.end.changed.disconnect(done);
        clearTimeout(timer);
        resolve(isThere());
      };
      const until = Date.now() + 5000;
      const timer = setTimeout(done, 5000);
      this.end.changed.connect(done);
      done();
    });
  }

  #onStatus(status: Kernel.Status): void {
    if (status === "restarting" || status === "autorestarting") {
      this.#mustBoot = true;
      this.#clearViews();
      this.#setPhase("restarting");
    } else if (status === "dead" || status === "terminating") {
      this.#clearViews();
      this.#setPhase("gone");
    } else if (status === "idle" && this.#mustBoot) this.#bootAgain();
  }

  #onKernel(): void {
    if (this.#context.session?.kernel || this.isDisposed) return;
    this.#clearViews(); // it was shut down elsewhere
    this.#setPhase("gone");
  }

  #bootAgain(): void {
    this.#mustBoot = false;
    this.#clearViews();
    this.#setPhase("restarting");
    this.#boot = this.#open({});
    this.#boot.catch((error: unknown) => {
      if (this.#mustBoot || this.#phase === "gone") return; // the next process is on its way
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#setPhase("failed");
    });
  }

  #setPhase(phase: Phase): void {
    if (this.isDisposed) return;
    if (phase !== "failed") this.#trouble = "";
    this.#phase = phase;
    this.tell();
  }

  #clearViews(): void {
    void this.#views?.then((views) => views.clear()).catch(() => {});
  }

  /** Have JupyterLab's extension for widgets make a manager, once: it lasts as long as the kernel's id. */
  async #makeViews(): Promise<Views> {
    const { rendermime } = this.#parts;
    const own = rendermime.clone();
    const module = await import("@jupyter-widgets/jupyterlab-manager").catch(() => null);
    if (typeof module?.registerWidgetManager !== "function") throw new Error(NO_WIDGETS);
    // What a notebook's document would offer; nothing is read from it or saved in it.
    const document = {
      sessionContext: this.#context,
      path: this.#context.path,
      saveState: new Signal<object, string>({}),
      model: { getMetadata: () => undefined, setMetadata: () => {} },
      urlResolver: {
        resolveUrl: async (url: string) => url,
        getDownloadUrl: async (url: string) => url,
      },
      disposed: this.#context.disposed,
    };
    type Given = Parameters<typeof module.registerWidgetManager>;
    const none = ([] as never[]).values() as Given[2];
    module.registerWidgetManager(
      document as unknown as Given[0],
      own as unknown as Given[1],
      none,
    );
    return new Views(own, rendermime, () => this.tell());
  }
}

function makeContext(parts: OwnKernelParts, options: OpenOptions): SessionContext {
  const { kernels, sessions, kernelspecs } = parts.app.serviceManager;
  const start = options.attachOnly
    ? { shouldStart: false, canStart: false }
    : { autoStartDefault: true, ...(options.kernel && { name: options.kernel }) };
  const given = {
    kernelManager: kernels, // JupyterLab 4.4 or newer
    sessionManager: sessions,
    specsManager: kernelspecs,
    path: parts.path,
    name: parts.title,
    type: "gymdash",
    kernelPreference: { ...start, shutdownOnDispose: false },
  };
  return new SessionContext(given);
}

async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  // Browsers have locks on https and localhost only.
  if (!navigator.locks) return await work();
  const name = `gymdash:${PageConfig.getBaseUrl()}:${path}`;
  let result: { value: T } | undefined;
  await navigator.locks.request(name, async () => {
    result = { value: await work() };
  });
  if (!result) throw new Error("The browser gave no lock.");
  return result.value;
}

function noKernel(mustChoose: boolean, name: string): string {
  const change = 'Choose another in the settings of GymDash ("Kernel").';
  if (name) return `The server has no kernel "${name}", or it does not start. ${change}`;
  return mustChoose
    ? `The server has no default kernel. ${change}`
    : "The server did not start a kernel for the project. Look at the server's log.";
}
