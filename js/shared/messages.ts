/**
 * Messages between a panel and the kernel: `{id, kind, ...}` both ways. An answer repeats the id and
 * carries `result` or `error`; what the kernel sends by itself has the id 0.
 */
import { Pulse } from "./pulse";

export interface Message {
  id: string | number;
  kind: string;
  [field: string]: unknown;
}

interface Answer {
  result: unknown;
  bytes: ArrayBuffer;
}

interface Sender {
  send(content: unknown): void;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface ChannelOptions {
  /** What to say without a kernel. */
  gone?: string;
  /** Told when the kernel does not hear what is said, and when it does again. */
  onUnheard?: (isUnheard: boolean) => void;
  /** Fires when the panel leaves the page. */
  signal?: AbortSignal;
}

const GONE = "The kernel of this card is gone. Run gd.watch() to see it live again.";

export class Channel {
  /** Distinguishes this view of the panel from others of the same model. */
  readonly view = Math.random().toString(36).slice(2, 10);
  readonly #model: Sender;
  readonly #gone: string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #pulse: Pulse;
  #count = 0;

  constructor(model: Sender, { gone = GONE, onUnheard = () => {}, signal }: ChannelOptions = {}) {
    this.#model = model;
    this.#gone = gone;
    this.#pulse = new Pulse(() => this.#put("ping", {}), onUnheard, signal);
  }

  /** A person did something that the kernel should take up now: see whether it hears. */
  expect(): void {
    this.#pulse.expect();
  }

  /** Say something that needs no answer. */
  tell(kind: string, content: Record<string, unknown> = {}): void {
    this.#send({ id: 0, kind, view: this.view, ...content });
  }

  /** Ask something; fails with the kernel's words. While the kernel is busy or silent, it waits. */
  ask(kind: string, content: Record<string, unknown> = {}): Promise<unknown> {
    return this.askBytes(kind, content).then(({ result }) => result);
  }

  /** Ask something whose answer has a binary part. */
  askBytes(kind: string, content: Record<string, unknown>): Promise<Answer> {
    this.expect();
    return this.#put(kind, content);
  }

  #put(kind: string, content: Record<string, unknown>): Promise<Answer> {
    this.#count += 1;
    const id = `${this.view}-${this.#count}`;
    return new Promise((resolve, reject) => {
      if (this.#send({ id, kind, view: this.view, ...content })) {
        this.#waiting.set(id, { resolve, reject });
      } else reject(new Error(this.#gone));
    });
  }

  /** Whether it could be sent: without a kernel the model throws. */
  #send(message: Message): boolean {
    try {
      this.#model.send(message);
      return true;
    } catch {
      return false;
    }
  }

  /** Take a message from the kernel; returns it when it is news for this view and not an answer. */
  receive(message: unknown, buffers: DataView[] = []): Message | null {
    if (!isMessage(message)) return null;
    if (message.id === 0) {
      return message.view === undefined || message.view === this.view ? message : null;
    }
    const waiting = this.#waiting.get(String(message.id));
    if (waiting) {
      this.#waiting.delete(String(message.id));
      if (typeof message.error === "string") waiting.reject(new Error(message.error));
      else waiting.resolve({ result: message.result, bytes: copied(buffers[0]) });
    }
    return null;
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "kind" in value && "id" in value;
}

/** Copy a binary buffer; a message's buffers are views at any offset. */
function copied(buffer: DataView | undefined): ArrayBuffer {
  if (!buffer) return new ArrayBuffer();
  const { byteOffset, byteLength } = buffer;
  return buffer.buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** Copy a binary buffer of float64. */
export function floats(buffer: DataView | undefined): Float64Array<ArrayBuffer> {
  return new Float64Array(copied(buffer));
}
