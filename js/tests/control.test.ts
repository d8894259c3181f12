import { beforeEach, describe, expect, it, vi } from "vitest";
import { answerText, argumentText } from "../shared/actions/offered";
import { type Sim, whoIsSilent } from "../shared/control/model";
import { key, readReply, replyFields, typedReply } from "../shared/control/reply_fields";
import panel from "../widgets/control_panel";
import { FakePanelModel, shown } from "./fake_panel";

vi.mock("../shared/visibility", () => ({
  watchVisibility: (_: unknown, onChange: (isSeen: boolean) => void) => onChange(true),
}));

function typing(texts: Record<string, string>) {
  return (path: readonly string[]) => texts[path.join(".")] ?? "";
}

describe("a reply", () => {
  const known = { lr: 0.1, fast: true, net: { arch: [64, 64], opt: { eps: 1 } }, note: "x" };
  const fields = replyFields(["lr", "fast", "net", "note", "other"], known);

  it("has a line for each value, nested ones below their names", () => {
    expect(fields.map(({ path, now }) => [path.join("."), now])).toEqual([
      ["lr", "0.1"],
      ["fast", "true"],
      ["net", ""],
      ["net.arch", "[64, 64]"],
      ["net.opt", ""],
      ["net.opt.eps", "1"],
      ["note", "x"],
      ["other", ""],
    ]);
  });

  it("holds only what was typed, as what it is", () => {
    const texts = { lr: "0.5", fast: "false", other: "a word" };
    expect(readReply(fields, known, typing(texts))).toEqual({
      value: { lr: 0.5, fast: false, other: "a word" },
    });
  });

  it("takes what is nested as a whole, with the values of now where nothing was typed", () => {
    expect(readReply(fields, known, typing({ "net.opt.eps": "2", "net.arch": "[8]" }))).toEqual({
      value: { net: { arch: [8], opt: { eps: 2 } } },
    });
    expect(readReply(fields, known, typing({ "net.opt.eps": "2" }))).toEqual({
      value: { net: { arch: [64, 64], opt: { eps: 2 } } },
    });
    expect(known.net.opt.eps).toBe(1);
  });

  it("says in which line something is wrong", () => {
    const read = readReply(fields, known, typing({ lr: "much", other: "[1," }));
    const errors = "errors" in read ? [...read.errors.keys()] : [];
    expect(errors).toEqual([key(["lr"]), key(["other"])]);
  });

  it("is anything when no values are named", () => {
    const any = replyFields([], {});
    expect(readReply(any, {}, typing({ "": "[1, 2]" }))).toEqual({ value: [1, 2] });
    expect(readReply(any, {}, typing({}))).toHaveProperty("errors");
  });

  it("is typed again from a preset", () => {
    const texts = typedReply(fields, { lr: 0.5, net: { opt: { eps: 3 } }, gone: 1 });
    expect([...texts]).toEqual([
      [key(["lr"]), "0.5"],
      [key(["net", "opt", "eps"]), "3"],
    ]);
  });
});

describe("words", () => {
  it("read answers as people do", () => {
    expect(answerText({ mean: 462.0123, std: 31.4142, lr: 0.03, n: 81920 })).toBe(
      "mean 462.0, std 31.4, lr 0.03, n 81,920",
    );
    expect(answerText({ nested: { a: [1, 2] } })).toBe('{"nested": {"a": [1, 2]}}');
    expect(answerText("said")).toBe("said");
    expect(answerText(null)).toBe("done");
    expect(argumentText({ episodes: 5, name: "x" })).toBe('episodes=5, name="x"');
  });

  it("say who does not answer and why", () => {
    const sims = [
      sim("a", { state: "succeeded", is_over: true, is_answering: false }),
      sim("b", { state: "setting_up", is_answering: false }),
      sim("c", { is_waiting: true }),
      sim("d"),
    ];
    expect(whoIsSilent(sims)).toBe(
      "1 of 4 has ended and takes no actions. 1 is setting up and answers when it runs. 1 waits for a reply first.",
    );
    expect(whoIsSilent([sim("d")])).toBe("");
  });
});

describe("the panel", () => {
  let model: FakePanelModel;
  let element: HTMLElement;

  beforeEach(() => {
    document.body.replaceChildren();
    model = new FakePanelModel({ sims: [], only_sims: false, open_requests: 0 });
    element = shown(panel as never, model);
  });

  it("shows what simulations say as text", () => {
    model.receive(state({ requests: [request("1", { details: "<img src=x>", name: "<b>" })] }));
    expect(element.querySelector("img, .gd-name b")).toBeNull();
    expect(element.querySelector(".gd-ctl-details")?.textContent).toBe("<img src=x>");
  });

  it("sends a reply for its question", () => {
    model.receive(state({ requests: [request("1", { known: { lr: 0.1 } })] }));
    type("lr", "0.5");
    submit(".gd-ctl-reply");
    expect(model.sent.at(-1)).toMatchObject({
      kind: "reply",
      request_id: "1",
      sim_id: "a",
      value: { lr: 0.5 },
    });
  });

  it("does not send what is wrong, and takes the person there", () => {
    model.receive(state({ requests: [request("1", { known: { lr: 0.1 } })] }));
    type("lr", "much");
    const before = model.sent.length;
    submit(".gd-ctl-reply");
    expect(model.sent.slice(before).filter(({ kind }) => kind === "reply")).toEqual([]);
    expect(document.activeElement).toBe(field("lr"));
    expect(element.querySelector(".gd-ctl-trouble")?.textContent).toBe("1 value to correct");
  });

  it("keeps what is typed when others come, and opens the next one when it is gone", () => {
    model.receive(state({ requests: [request("1")] }));
    type("lr", "0.5");
    model.receive(state({ requests: [request("2", { sim_id: "b" }), request("1")] }));
    expect(folds()).toEqual(["false", "true"]);
    expect(field("lr").value).toBe("0.5");
    model.receive(state({ requests: [request("2", { sim_id: "b" })] }));
    expect(folds()).toEqual(["true"]);
  });

  it("replies to all that answer and to who asks", () => {
    model.receive(
      state({ requests: [request("1")], simulations: [sim("a"), sim("b"), sim("c")] }),
    );
    const button = named("Reply to 3 that run");
    type("lr", "1");
    button.click();
    const said = model.sent.filter(({ kind }) => kind === "say");
    expect(said.map(({ sim_id }) => sim_id)).toEqual(["a", "b", "c"]);
    expect(said[0]).toMatchObject({ channel: "custom_query", value: { lr: 1 }, is_reply: true });
  });

  it("asks those that offer an action and can answer", () => {
    const offer = {
      name: "evaluate",
      words: "Play.",
      arguments: { properties: { episodes: { type: "integer", default: 5, minimum: 1 } } },
      sims: ["a", "b", "c"],
    };
    const simulations = [sim("a"), sim("b", { is_waiting: true }), sim("c")];
    model.receive(state({ offers: [offer], simulations }));
    submit(".gd-ctl-act");
    const asked = model.sent.filter(({ kind }) => kind === "ask");
    expect(asked.map(({ sim_id }) => sim_id)).toEqual(["a", "c"]);
    expect(asked[0]).toMatchObject({ name: "evaluate", arguments: { episodes: 5 } });
  });

  it("marks errors in the history and replaces what waited by its answer", () => {
    const exchange = { number: 1, time: 0, sim_id: "a", name: "ppo", kind: "ask", what: "set" };
    const asked = { asked: { lr: 3 }, answer: null };
    model.receive({ kind: "history", is_all: true, exchanges: [{ ...exchange, ...asked }] });
    expect(element.querySelectorAll(".gd-ctl-exchange")).toHaveLength(1);
    expect(element.querySelector(".gd-ctl-answer")?.textContent).toContain("waiting");
    const answer = { value: null, error: "must be below 1" };
    model.receive({
      kind: "history",
      is_all: false,
      exchanges: [{ ...exchange, ...asked, answer }],
    });
    expect(element.querySelectorAll(".gd-ctl-exchange")).toHaveLength(1);
    expect(element.querySelector(".gd-ctl-answer")?.textContent).toBe(
      " lr=3 on ppo: must be below 1",
    );
    expect(element.querySelector(".gd-ctl-answer .is-error")).not.toBeNull();
  });

  it("asks everybody on a channel", () => {
    model.receive(state({ simulations: [sim("a"), sim("b", { is_answering: false })] }));
    named("New query").click();
    type("channel", "progress");
    submit(".gd-ctl-query");
    const said = model.sent.filter(({ kind }) => kind === "say");
    expect(said.map(({ sim_id, channel, value }) => [sim_id, channel, value])).toEqual([
      ["a", "progress", true],
    ]);
  });

  it("offers nothing that changes a project that is read only", () => {
    model.set("is_read_only", true);
    model.receive(state({ requests: [request("1")], simulations: [sim("a"), sim("b")] }));
    expect(element.querySelector(".gd-ctl-reply")).toBeNull();
    expect(named("Dismiss").hidden).toBe(true);
    expect(named("New query").hidden).toBe(true);
    expect(element.querySelector(".gd-ctl-details")?.textContent).toBe("How fast?");
  });

  function named(text: string): HTMLButtonElement {
    const found = [...element.querySelectorAll("button")].find((b) => b.textContent === text);
    if (!found) throw new Error(`no button ${text}`);
    return found;
  }

  function field(name: string): HTMLInputElement {
    const label = [...element.querySelectorAll("label")].find((l) => l.textContent === name);
    return document.getElementById(label?.htmlFor ?? "") as HTMLInputElement;
  }

  function type(name: string, text: string): void {
    field(name).value = text;
    field(name).dispatchEvent(new Event("input"));
  }

  function submit(form: string): void {
    element.querySelector(form)?.dispatchEvent(new Event("submit", { cancelable: true }));
  }

  function folds(): (string | null)[] {
    return [...element.querySelectorAll(".gd-ctl-fold")].map((b) =>
      b.getAttribute("aria-expanded"),
    );
  }
});

function sim(id: string, changed: Partial<Sim> = {}): Sim {
  return {
    id,
    name: id,
    state: "running",
    colour: 0,
    is_waiting: false,
    is_answering: true,
    is_over: false,
    ...changed,
  };
}

function request(id: string, changed: Record<string, unknown> = {}) {
  return {
    id,
    sim_id: "a",
    name: "asking",
    colour: 0,
    channel: "custom_query",
    details: "How fast?",
    subkeys: ["lr"],
    time: 0,
    known: {},
    ...changed,
  };
}

function state(changed: Record<string, unknown>) {
  return { kind: "state", simulations: [], requests: [], offers: [], channels: [], ...changed };
}
