import type { ISessionContext } from "@jupyterlab/apputils";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { ServerConnection } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { Signal } from "@lumino/signaling";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KernelEnd } from "../../labextension/kernel_end";
import { leaveWidgetsAlone } from "../../labextension/widget_openings";
import { STATE } from "./project_state";

type Message = Omit<KernelMessage.IMessage, "content"> & { content: Record<string, unknown> };

const KERNEL_SESSION = "the-kernel";

/** The server's end of the connection: JupyterLab's own code is on the other. */
class Socket {
  static last: Socket;
  readonly protocol = "";
  readonly readyState = 1;
  binaryType = "";
  readonly sent: Message[] = [];
  onopen: (event: object) => void = () => {};
  onmessage: (event: object) => void = () => {};
  onclose: (event: object) => void = () => {};
  onerror: (event: object) => void = () => {};

  constructor() {
    Socket.last = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {}

  /** The kernel sends a message, which JupyterLab has dealt with when this is done. */
  async say(channel: string, type: string, content: object, parent: object = {}): Promise<void> {
    count += 1;
    const header = {
      msg_id: `m${count}`,
      msg_type: type,
      session: KERNEL_SESSION,
      username: "",
      date: "",
      version: "5.3",
    };
    const message = { channel, header, parent_header: parent, metadata: {}, content, buffers: [] };
    this.onmessage({ data: JSON.stringify(message) });
    await settled();
  }

  /** Answer the newest request of a kind. */
  async reply(type: string, content: object): Promise<void> {
    const request = this.sent.findLast(({ header }) => header.msg_type === `${type}_request`);
    await this.say("shell", `${type}_reply`, { status: "ok", ...content }, request?.header);
    await this.say("iopub", "status", { execution_state: "idle" }, request?.header);
  }

  types(): string[] {
    return this.sent.map(({ header }) => header.msg_type);
  }
}

let count = 0;
let kernel: KernelConnection;
let server: Socket;

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "debug").mockImplementation(() => {});
  kernel = new KernelConnection({
    model: { id: "k", name: "python3" },
    serverSettings: ServerConnection.makeSettings({
      wsUrl: "ws://127.0.0.1/",
      WebSocket: Socket as unknown as typeof WebSocket,
    }),
  });
  server = Socket.last;
  server.onopen({});
  await settled();
  await server.reply("kernel_info", { protocol_version: "5.3" });
});

afterEach(() => {
  kernel.dispose();
  vi.restoreAllMocks();
  sessionStorage.clear();
});

/** What KernelEnd sees of a session with this kernel. */
function contextOf(connection: Kernel.IKernelConnection): ISessionContext {
  const names = ["kernelChanged", "statusChanged", "iopubMessage", "disposed"];
  const signals = Object.fromEntries(names.map((name) => [name, new Signal<object, never>({})]));
  return { ...signals, session: { kernel: connection } } as unknown as ISessionContext;
}

const openWidget = () =>
  server.say("iopub", "comm_open", { comm_id: "w", target_name: "jupyter.widget", data: {} });

test("JupyterLab closes a widget that no manager of the page waits for", async () => {
  await openWidget();
  expect(server.types()).toContain("comm_close");
});

test("a widget that another page had made is left alone, and can be had later", async () => {
  leaveWidgetsAlone(kernel);
  await openWidget();
  expect(server.types()).not.toContain("comm_close");
  expect(kernel.createComm("jupyter.widget", "w").commId).toBe("w");
});

test("a manager hears of widgets from when it registers on", async () => {
  leaveWidgetsAlone(kernel);
  const heard: string[] = [];
  kernel.registerCommTarget("jupyter.widget", (comm) => void heard.push(comm.commId));
  await openWidget();
  expect(heard).toEqual(["w"]);
});

test("the kernel is heard also when it told of its comm before the opening came", async () => {
  const end = new KernelEnd(contextOf(kernel), true);
  await server.reply("comm_info", { comms: { c: { target_name: "gymdash.sidebar" } } });
  expect(end.link?.state).toBe(null);
  await server.say("iopub", "comm_open", {
    comm_id: "c",
    target_name: "gymdash.sidebar",
    data: { ...STATE, project: null },
  });
  expect(end.link?.state?.project).toBe(null);
  await server.say("iopub", "comm_msg", { comm_id: "c", data: { kind: "state", ...STATE } });
  expect(end.link?.state?.project).toBe(STATE.project);
  end.dispose();
});
