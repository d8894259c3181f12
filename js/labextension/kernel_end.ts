/** Finds and follows the link to one kernel: at its hello, after a page reload, through restarts. */
import type { ISessionContext } from "@jupyterlab/apputils";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import { type ISignal, Signal } from "@lumino/signaling";
import { Link, TARGET } from "./link";
import { forget, recall, remember } from "./remembered_links";

/** A connection of JupyterLab 4.4 or newer. */
interface SubshellConnection {
  commsOverSubshells?: string;
  readonly supportsSubshells?: boolean;
}

const ENDED: readonly Kernel.Status[] = ["restarting", "autorestarting", "terminating", "dead"];

export class KernelEnd implements IDisposable {
  readonly context: ISessionContext;
  readonly #withoutSubshells: boolean;
  readonly #changed = new Signal<KernelEnd, void>(this);
  readonly #replaced = new Signal<KernelEnd, void>(this);
  #link: Link | null = null;
  #kernel: Kernel.IKernelConnection | null = null;
  /** Of the kernel's process, as it signs its messages. */
  #session = "";
  #isDisposed = false;

  /** @param withoutSubshells For a kernel that runs no cells: simpler, and no clicks are lost. */
  constructor(context: ISessionContext, withoutSubshells = false) {
    this.context = context;
    this.#withoutSubshells = withoutSubshells;
    context.kernelChanged.connect(this.#onKernel, this);
    context.statusChanged.connect(this.#onStatus, this);
    context.iopubMessage.connect(this.#onIopub, this);
    context.disposed.connect(this.dispose, this);
    this.#onKernel();
  }

  /** Null while the kernel has not said hello. */
  get link(): Link | null {
    return this.#link;
  }

  /** There is another link, or none, or it says something new. */
  get changed(): ISignal<KernelEnd, void> {
    return this.#changed;
  }

  /** A new process answers for the kernel, though nobody in this page restarted it. */
  get replaced(): ISignal<KernelEnd, void> {
    return this.#replaced;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#leave();
    this.#link?.dispose();
    this.#link = null;
    Signal.clearData(this);
  }

  /** Find the link of a kernel that said hello before this page was there; runs no code, waits for a cell. */
  async find(): Promise<Link | null> {
    const [kernel, link] = [this.#kernel, this.#link];
    if (!kernel) return null;
    const reply = await kernel.requestCommInfo({ target_name: TARGET });
    const isLate = this.#isDisposed || link !== this.#link || kernel !== this.#kernel;
    if (isLate || reply.content.status !== "ok") return this.#link;
    const commIds = Object.keys(reply.content.comms);
    // A process that this page remembers may have been replaced while it was away.
    if (link && !commIds.includes(link.commId)) this.#drop();
    if (!this.#link && commIds[0]) this.#take(kernel, commIds[0], null);
    return this.#link;
  }

  #onKernel(): void {
    const kernel = this.context.session?.kernel ?? null;
    if (kernel === this.#kernel) return;
    this.#leave();
    this.#drop();
    this.#kernel = kernel;
    this.#session = "";
    // A second connection to a kernel, such as a console's, hears no comms.
    if (!kernel?.handleComms) return;
    const subshells = kernel as SubshellConnection;
    if (this.#withoutSubshells && "commsOverSubshells" in kernel) {
      subshells.commsOverSubshells = "disabled";
    }
    kernel.registerCommTarget(TARGET, this.#onOpen);
    const known = recall(kernel.id);
    if (known) this.#take(kernel, known.commId, known.state);
    void this.find().catch(() => {}); // no kernel to ask any more
  }

  #onOpen = (comm: Kernel.IComm, message: KernelMessage.ICommOpenMsg): void => {
    if (this.#kernel) this.#adopt(this.#kernel, comm, message.content.data);
  };

  #take(kernel: Kernel.IKernelConnection, commId: string, state: unknown): void {
    if (kernel.hasComm(commId)) return;
    this.#adopt(kernel, kernel.createComm(TARGET, commId), state);
  }

  #adopt(kernel: Kernel.IKernelConnection, comm: Kernel.IComm, state: unknown): void {
    this.#link?.dispose();
    // What the kernel says of its comms may overtake the opening of one. The link that was made then has just taken
    // the comm with it, and nothing would be heard on it any more.
    const end = kernel.hasComm(comm.commId) ? comm : kernel.createComm(TARGET, comm.commId);
    const { supportsSubshells } = kernel as SubshellConnection;
    const link = new Link(end, state, supportsSubshells !== false && !this.#withoutSubshells);
    this.#link = link;
    link.changed.connect(this.#onLink, this);
    link.closed.connect(this.#drop, this);
    this.#onLink();
  }

  #onLink(): void {
    if (this.#link && this.#kernel) {
      remember(this.#kernel.id, { commId: this.#link.commId, state: this.#link.state });
    }
    this.#changed.emit();
  }

  #onStatus(_context: ISessionContext, status: Kernel.Status): void {
    if (!ENDED.includes(status)) return;
    this.#session = "";
    this.#drop();
  }

  #onIopub(_context: ISessionContext, message: KernelMessage.IMessage): void {
    const { session, msg_type } = message.header;
    // The server itself speaks for a kernel that restarts.
    if (msg_type === "status" && isRestarting(message)) return;
    const was = this.#session;
    this.#session = session;
    if (!was || was === session) return;
    this.#drop();
    this.#replaced.emit();
  }

  #drop(): void {
    if (this.#kernel) forget(this.#kernel.id);
    if (!this.#link) return;
    this.#link.dispose();
    this.#link = null;
    if (!this.#isDisposed) this.#changed.emit();
  }

  #leave(): void {
    if (this.#kernel && !this.#kernel.isDisposed) {
      this.#kernel.removeCommTarget(TARGET, this.#onOpen);
    }
  }
}

function isRestarting(message: KernelMessage.IMessage): boolean {
  const { execution_state } = message.content as { execution_state?: string };
  return execution_state === "restarting" || execution_state === "dead";
}
