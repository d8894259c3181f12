/** The page's end of the comm over which a kernel tells the sidebar of its project; see sidebar_link.py. */
import type { Kernel } from "@jupyterlab/services";
import { type JSONObject, UUID } from "@lumino/coreutils";
import type { IDisposable } from "@lumino/disposable";
import { type ISignal, Signal } from "@lumino/signaling";
import type { ProjectState } from "./source";

/** Name of the comm. */
export const TARGET = "gymdash.sidebar";

/** A kernel that has not answered for so long is busy with a cell. */
export const DEAF_MS = 2000;
/** The kernel looks at its project while it hears from a page at least once a minute. */
export const HELLO_MS = 20_000;
/** How long the front end may take to make a thread of its own for the comm in the kernel. */
const SUBSHELL_MS = 1000;

/** A comm of JupyterLab 4.4 or newer. */
interface SubshellComm {
  readonly subshellStarted?: Promise<void>;
}

interface Question {
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** What may take long without the kernel being busy is not waited for. */
  readonly isLong: boolean;
  readonly sent: number;
}

/** Tells this page's questions from those of another page with the same kernel. */
const PAGE = UUID.uuid4().slice(0, 8);
let asked = 0;

export class Link implements IDisposable {
  readonly #comm: Kernel.IComm;
  readonly #changed = new Signal<Link, void>(this);
  readonly #closed = new Signal<Link, void>(this);
  readonly #questions = new Map<string, Question>();
  readonly #over = new AbortController();
  readonly #ready: Promise<void>;
  #state: ProjectState | null;
  #helloSent = 0;
  #isDeaf = false;
  #deafTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param supportsSubshells Whether the comm may get a thread of its own in the kernel; what is said before waits
   * for the running cell.
   */
  constructor(comm: Kernel.IComm, state: unknown, supportsSubshells: boolean) {
    this.#comm = comm;
    this.#state = isState(state) ? state : null;
    comm.onMsg = (message) => this.#onMessage(message.content.data);
    comm.onClose = () => this.#close();
    this.#ready = supportsSubshells ? subshell(comm) : Promise.resolve();
    this.#hello();
    const beat = setInterval(() => this.#hello(), HELLO_MS);
    const { signal } = this.#over;
    signal.addEventListener("abort", () => clearInterval(beat));
    document.addEventListener("visibilitychange", () => this.#hello(), { signal });
  }

  get commId(): string {
    return this.#comm.commId;
  }

  /** What the kernel said last. */
  get state(): ProjectState | null {
    return this.#state;
  }

  /** The kernel was asked more than 2 s ago and has not answered. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  /** `state` or `isDeaf`. */
  get changed(): ISignal<Link, void> {
    return this.#changed;
  }

  /** Nothing more will be heard. */
  get closed(): ISignal<Link, void> {
    return this.#closed;
  }

  get isDisposed(): boolean {
    return this.#over.signal.aborted;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.#over.abort();
    clearTimeout(this.#deafTimer);
    this.#comm.onMsg = () => {};
    this.#comm.onClose = () => {};
    if (!this.#comm.isDisposed) this.#comm.dispose(); // the kernel keeps its end
    for (const question of this.#questions.values()) {
      question.reject(new Error("The kernel restarted or ended before it answered."));
    }
    this.#questions.clear();
    Signal.clearData(this);
  }

  /**
   * Ask the kernel; a busy one without subshells answers when its cell has ended.
   *
   * @throws Error with the kernel's words, or when the kernel ends first.
   */
  ask(what: string, content: object = {}): Promise<unknown> {
    if (this.isDisposed) return Promise.reject(new Error("The kernel restarted or ended."));
    asked += 1;
    const id = `${PAGE}-${asked}`;
    return new Promise((resolve, reject) => {
      const isLong = what === "size";
      this.#questions.set(id, { resolve, reject, isLong, sent: Date.now() });
      void this.#say({ kind: "ask", id, what, ...content });
      this.#listen();
    });
  }

  #hello(): void {
    // A hidden page shows nothing, and a deaf kernel has a hello waiting.
    if (document.hidden || this.#helloSent) return;
    this.#helloSent = Date.now();
    void this.#say({ kind: "hello" });
    this.#listen();
  }

  async #say(data: JSONObject): Promise<void> {
    await this.#ready;
    if (this.isDisposed) return;
    try {
      this.#comm.send(data);
    } catch {
      this.#close(); // the connection is gone
    }
  }

  #onMessage(data: unknown): void {
    if (!isObject(data)) return;
    if (data.kind === "state" && isState(data)) {
      this.#helloSent = 0;
      this.#state = data;
      this.#listen();
      this.#changed.emit();
    } else if (data.kind === "answer") {
      const question = this.#questions.get(String(data.id));
      if (!question) return; // of another page
      this.#questions.delete(String(data.id));
      this.#listen();
      if ("error" in data) question.reject(new Error(String(data.error)));
      else question.resolve(data.result ?? null);
    }
  }

  /** Notice when the oldest question has waited too long, or has been answered. */
  #listen(): void {
    clearTimeout(this.#deafTimer);
    const waiting = [...this.#questions.values()].filter(({ isLong }) => !isLong);
    const sent = waiting.map((question) => question.sent);
    if (this.#helloSent) sent.push(this.#helloSent);
    const left = Math.min(...sent) + DEAF_MS - Date.now();
    const isDeaf = left <= 0;
    if (sent.length && !isDeaf) this.#deafTimer = setTimeout(() => this.#listen(), left);
    if (isDeaf === this.#isDeaf) return;
    this.#isDeaf = isDeaf;
    this.#changed.emit();
  }

  #close(): void {
    if (this.isDisposed) return;
    this.#closed.emit();
    this.dispose();
  }
}

async function subshell(comm: Kernel.IComm): Promise<void> {
  const { subshellStarted } = comm as SubshellComm;
  if (!subshellStarted) return;
  const late = new Promise<void>((resolve) => setTimeout(resolve, SUBSHELL_MS));
  await Promise.race([subshellStarted.catch(() => {}), late]);
}

function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === "object" && x !== null;
}

/** Whether a kernel's words are a state; a newer one may say more. */
export function isState(x: unknown): x is ProjectState {
  if (!isObject(x)) return false;
  const { project, place, home, open_requests, is_read_only, can_start } = x;
  return (
    (project === null || typeof project === "string") &&
    typeof place === "string" &&
    typeof home === "string" &&
    typeof open_requests === "number" &&
    typeof is_read_only === "boolean" &&
    typeof can_start === "boolean"
  );
}
