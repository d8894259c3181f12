/** What a card asks of the kernel. */

import type { Action } from "../actions/offered";
import type { Channel } from "../messages";
import type { ShownStatus } from "./simulation";

export class Calls {
  readonly #channel: Channel;
  readonly #say: (trouble: string) => void;

  /** Trouble that has no better place is said by `say`. */
  constructor(channel: Channel, say: (trouble: string) => void) {
    this.#channel = channel;
    this.#say = say;
  }

  readonly trace = (simId: string, number: number): Promise<string> =>
    this.#channel.ask("trace", { sim_id: simId, number }).then(String);

  readonly statuses = (simId: string): Promise<ShownStatus[]> =>
    this.#channel.ask("statuses", { sim_id: simId }) as Promise<ShownStatus[]>;

  readonly list = (simId: string): Promise<Action[]> =>
    this.#channel.ask("actions", { sim_id: simId }) as Promise<Action[]>;

  readonly ask = (simId: string, name: string, values: Record<string, unknown>) =>
    this.#channel.ask("ask", { sim_id: simId, name, arguments: values });

  readonly reply = (simId: string, channel: string, value: unknown) =>
    this.#channel.ask("reply", { sim_id: simId, channel, value });

  readonly dismiss = (simId: string, requestId: string) =>
    this.#channel.ask("dismiss", { sim_id: simId, request_id: requestId });

  readonly stop = async (ids: string[], isForced: boolean): Promise<void> => {
    this.#say("");
    const asked = ids.map((id) => this.#channel.ask("stop", { sim_id: id, is_forced: isForced }));
    const failed = (await Promise.allSettled(asked)).filter((each) => each.status === "rejected");
    const words = failed.map((each) => String((each.reason as Error).message));
    this.#say([...new Set(words)].join(" "));
  };
}
