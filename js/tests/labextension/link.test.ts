import type { Kernel } from "@jupyterlab/services";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEAF_MS, HELLO_MS, isState, Link } from "../../labextension/link";
import { STATE } from "./project_state";

type Said = Record<string, unknown>;

/** The page's end of a comm, with the kernel's hand on it. */
class FakeComm {
  readonly commId = "comm-1";
  readonly said: Said[] = [];
  isDisposed = false;
  subshellStarted: Promise<void> = Promise.resolve();
  onMsg: (message: unknown) => void = () => {};
  onClose: (message: unknown) => void = () => {};

  send(data: Said): void {
    if (this.isDisposed) throw new Error("Cannot send");
    this.said.push(data);
  }

  dispose(): void {
    this.isDisposed = true;
  }

  hear(data: unknown): void {
    this.onMsg({ content: { data } });
  }

  /** What was asked, without the greetings. */
  get asked(): Said[] {
    return this.said.filter(({ kind }) => kind === "ask");
  }

  get hellos(): number {
    return this.said.filter(({ kind }) => kind === "hello").length;
  }
}

let comm: FakeComm;
let link: Link;

beforeEach(() => {
  vi.useFakeTimers();
  comm = new FakeComm();
});

afterEach(() => {
  link.dispose();
  vi.useRealTimers();
});

async function linked(state: unknown = STATE): Promise<void> {
  link = new Link(comm as unknown as Kernel.IComm, state, true);
  await vi.advanceTimersByTimeAsync(0);
}

function hear(data: Said): void {
  comm.hear({ kind: "state", ...STATE, ...data });
}

test("a page says hello at once and every 20 s while the kernel answers", async () => {
  await linked();
  expect(comm.hellos).toBe(1);
  hear({});
  await vi.advanceTimersByTimeAsync(HELLO_MS);
  expect(comm.hellos).toBe(2);
});

test("a kernel that does not answer is not greeted again, and is called deaf after 2 s", async () => {
  await linked();
  let changes = 0;
  link.changed.connect(() => {
    changes += 1;
  });
  await vi.advanceTimersByTimeAsync(DEAF_MS - 1);
  expect([link.isDeaf, changes]).toEqual([false, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([link.isDeaf, changes]).toEqual([true, 1]);
  await vi.advanceTimersByTimeAsync(3 * HELLO_MS);
  expect(comm.hellos).toBe(1);
  hear({});
  expect(link.isDeaf).toBe(false);
});

test("the state of the first words counts until the kernel says another", async () => {
  await linked();
  expect(link.state?.open_requests).toBe(0);
  hear({ open_requests: 2 });
  expect(link.state?.open_requests).toBe(2);
  comm.hear({ kind: "state", project: 7 });
  expect(link.state?.open_requests).toBe(2);
});

test("each question gets its own answer, whatever the order", async () => {
  await linked();
  const first = link.ask("panel");
  const second = link.ask("dashboard", { sim: "abc" });
  await vi.advanceTimersByTimeAsync(0);
  const [panel, dashboard] = comm.asked;
  expect(dashboard).toMatchObject({ what: "dashboard", sim: "abc" });
  comm.hear({ kind: "answer", id: dashboard?.id, result: { model_id: "d" } });
  comm.hear({ kind: "answer", id: panel?.id, result: { model_id: "p" } });
  expect(await first).toEqual({ model_id: "p" });
  expect(await second).toEqual({ model_id: "d" });
});

test("an answer to another page's question is passed over", async () => {
  await linked();
  hear({});
  const answer = link.ask("panel");
  await vi.advanceTimersByTimeAsync(0);
  comm.hear({ kind: "answer", id: "other-1", error: "not for us" });
  comm.hear({ kind: "answer", id: comm.asked[0]?.id, result: null });
  expect(await answer).toBeNull();
});

test("an error is the kernel's own words", async () => {
  await linked();
  const answer = link.ask("panel");
  await vi.advanceTimersByTimeAsync(0);
  comm.hear({ kind: "answer", id: comm.asked[0]?.id, error: "The database is newer." });
  await expect(answer).rejects.toThrow("The database is newer.");
});

test("a question that takes long does not make the kernel deaf, one for a panel does", async () => {
  await linked();
  hear({});
  void link.ask("size").catch(() => {});
  await vi.advanceTimersByTimeAsync(2 * DEAF_MS);
  expect(link.isDeaf).toBe(false);
  void link.ask("panel").catch(() => {});
  await vi.advanceTimersByTimeAsync(DEAF_MS);
  expect(link.isDeaf).toBe(true);
});

test("who waits for an answer hears that the kernel restarted", async () => {
  await linked();
  const answer = link.ask("panel");
  link.dispose();
  await expect(answer).rejects.toThrow("restarted or ended");
  await expect(link.ask("panel")).rejects.toThrow("restarted or ended");
  expect(comm.isDisposed).toBe(true);
});

test("nothing is said before the comm has its thread in the kernel, or a second has passed", async () => {
  comm.subshellStarted = new Promise(() => {});
  await linked();
  expect(comm.said).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(comm.hellos).toBe(1);
});

test("a link that the kernel closed says so once", async () => {
  await linked();
  let closed = 0;
  link.closed.connect(() => {
    closed += 1;
  });
  comm.onClose({});
  comm.onClose({});
  expect(closed).toBe(1);
  expect(link.isDisposed).toBe(true);
});

test("a hidden page says nothing, and hello when it is seen again", async () => {
  await linked();
  hear({});
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  await vi.advanceTimersByTimeAsync(5 * HELLO_MS);
  expect(comm.hellos).toBe(1);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(0);
  expect(comm.hellos).toBe(2);
  hidden.mockRestore();
});

test("a state may say more than is known, not less", () => {
  expect(isState({ ...STATE, mood: "fine" })).toBe(true);
  expect(isState({ ...STATE, project: null })).toBe(true);
  expect(isState({ ...STATE, place: undefined })).toBe(false);
  expect(isState(null)).toBe(false);
});
