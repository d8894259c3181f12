import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BlobMemory } from "../shared/media/blob_memory";
import { KINDS } from "../shared/media/library";
import { MediaFiles } from "../shared/media/media_files";
import { Channel } from "../shared/messages";
import panel from "../widgets/media_panel";
import { FakePanelModel, shown } from "./fake_panel";

interface Row {
  sim?: number;
  key?: number;
  kind?: (typeof KINDS)[number];
  step?: number;
  value?: number;
  thumb?: boolean;
}

const TRAITS = {
  sims: [],
  only_keys: [],
  kind: "all",
  between: null,
  at_step: null,
  every_step: false,
  sort: "step",
  folded: [],
};

let revoked: string[] = [];

beforeEach(() => {
  let made = 0;
  revoked = [];
  vi.stubGlobal("IntersectionObserver", undefined); // everything on the page counts as seen
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => {
    setTimeout(call);
    return 1;
  });
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    made += 1;
    return `blob:${made}`;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void revoked.push(url));
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function media(rows: Row[], start = 0) {
  const n = rows.length;
  const whole = new Int32Array(5 * n);
  const real = new Float64Array(4 * n).fill(Number.NaN);
  rows.forEach(({ sim = 0, key = 0, kind = "video", step = 1, value, thumb = false }, i) => {
    const columns = [sim, key, KINDS.indexOf(kind), thumb ? 1 : 0, value === undefined ? -1 : 0];
    columns.forEach((number, column) => void whole.set([number], column * n + i));
    real.set([step], i);
    if (value !== undefined) real.set([value], n + i);
  });
  const names = { sims: ["a", "b"], keys: ["film", "<b>map</b>"], values: ["return"] };
  const content = { kind: "media", start, count: n, is_all: true, ...names };
  return [content, [whole.buffer, real.buffer]] as const;
}

async function look(rows: Row[], traits: object = {}) {
  const model = new FakePanelModel({ ...TRAITS, ...traits });
  const el = shown(panel, model);
  await vi.waitFor(() => expect(model.sent.some(({ kind }) => kind === "show")).toBe(true));
  const view = model.sent[0]?.view;
  const say = (content: object, buffers: readonly ArrayBuffer[] = []) =>
    model.receive({ view, ...content }, [...buffers]);
  say({
    kind: "sims",
    sims: [
      ["a", "ppo-s0", 0, 1],
      ["b", "<i>evil</i>", 9, 2],
    ],
  });
  say(...media(rows));
  await settle();
  return { model, el, say };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const texts = (el: Element, what: string) =>
  [...el.querySelectorAll(what)].map((each) => each.textContent);
const button = (el: Element, words: string) =>
  [...el.querySelectorAll<HTMLButtonElement>("button")].find((each) =>
    (each.getAttribute("aria-label") ?? each.textContent ?? "").startsWith(words),
  );

describe("the media panel", () => {
  test("shows the newest of each simulation with name, value and step", async () => {
    const { el } = await look([
      { step: 10, value: 5 },
      { step: 2000, value: 455 },
      { sim: 1, step: 7 },
    ]);
    expect(texts(el, ".gd-tile .gd-two")).toEqual([
      "ppo-s0return 455",
      "step 2,000",
      "<i>evil</i>",
      "step 7",
    ]);
    expect(texts(el, ".gd-sectionhead")).toEqual(["film3 videos, 2 shown"]);
    expect(el.querySelector(".gd-tile i:not([class])")).toBeNull();
  });

  test("counts kinds, and a click shows one", async () => {
    const { el, model } = await look([
      {},
      { key: 1, kind: "image" },
      { key: 1, kind: "image", step: 2 },
    ]);
    expect(texts(el, ".gd-seg button:not([hidden])")).toEqual([
      "All 3",
      "Video 1",
      "Image 2",
      "Audio 0",
      "Text 0",
    ]);
    button(el, "Image")?.click();
    await settle();
    expect(model.traits.kind).toBe("image");
    expect(texts(el, ".gd-sectionhead b")).toEqual(["<b>map</b>"]);
  });

  test("histograms of one key are one section of pictures, drawn from numbers only", async () => {
    const { el, model } = await look([
      { key: 1, kind: "histogram", step: 10 },
      { key: 1, kind: "histogram", step: 20 },
    ]);
    expect(texts(el, ".gd-sectionhead")).toEqual(["<b>map</b>2 histograms, 1 shown"]);
    expect(texts(el, ".gd-seg button:not([hidden])").at(-1)).toBe("Histogram 2");
    const asked = model.sent.find(({ kind }) => kind === "bars");
    expect(asked).toMatchObject({ number: 1, n: 40 });
    const result = { low: -1, high: 3, total: 6, counts: [1, "<b>", 0, 4, -2] };
    model.receive({ id: asked?.id, kind: "bars", result }, []);
    await settle();
    expect(texts(el, ".gd-barends span")).toEqual(["\u22121", "3"]);
    const path = el.querySelector(".gd-bars path")?.getAttribute("d") ?? "";
    expect(path).toMatch(/^M0 120v-30h41.28v30zM144 120v-120h41.28v120z$/);
  });

  test("a histogram that cannot be read says so", async () => {
    const { el, model } = await look([{ kind: "histogram" }]);
    const asked = model.sent.find(({ kind }) => kind === "bars");
    const result = { low: 0, high: 0, total: 0, counts: [] };
    model.receive({ id: asked?.id, kind: "bars", result }, []);
    await settle();
    expect(texts(el, ".gd-thumb")).toEqual(["No histogram that can be read"]);
  });

  test("a section folds by its key", async () => {
    const { el, model } = await look([{}]);
    el.querySelector<HTMLButtonElement>(".gd-sectionhead")?.click();
    await settle();
    expect(model.traits.folded).toEqual(["film"]);
    expect(el.querySelectorAll(".gd-tile").length).toBe(0);
    expect(el.querySelector(".gd-sectionhead")?.getAttribute("aria-expanded")).toBe("false");
  });

  test("arrow keys of the slider go from recorded step to recorded step", async () => {
    const { el, model } = await look([{ step: 10 }, { step: 500 }, { step: 90_000 }]);
    const slider = el.querySelectorAll<HTMLInputElement>(".gd-steps")[1] as HTMLInputElement;
    const press = async (key: string) => {
      slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      await settle();
    };
    await press("ArrowLeft");
    expect(model.traits.at_step).toBe(500);
    expect(texts(el, ".gd-tile .gd-muted .gd-clip")).toEqual(["step 500"]);
    await press("ArrowRight");
    expect(model.traits.at_step).toBeNull();
  });

  test("with every step shown, two handles choose a range", async () => {
    const rows = [10, 500, 90_000].map((step) => ({ step }));
    const { el, model } = await look(rows, { every_step: true });
    expect(el.querySelectorAll(".gd-tile").length).toBe(3);
    const [low, high] = el.querySelectorAll<HTMLInputElement>(".gd-steps");
    const press = async (slider: HTMLInputElement | undefined, key: string) => {
      slider?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      await settle();
    };
    await press(low, "ArrowRight");
    expect(model.traits.between).toEqual([500, 90_000]);
    await press(high, "ArrowLeft");
    expect(model.traits.between).toEqual([500, 500]);
    expect(texts(el, ".gd-tile .gd-muted .gd-clip")).toEqual(["step 500"]);
    button(el, "Only steps")?.click();
    await settle();
    expect(model.traits.between).toBeNull();
  });

  test("what is recorded later appears, and takes the place of the one before", async () => {
    const { el, say } = await look([{ step: 10 }]);
    const before = el.querySelector(".gd-tile");
    say(...media([{ step: 20 }], 1));
    await settle();
    expect(el.querySelectorAll(".gd-tile").length).toBe(1);
    expect(el.querySelector(".gd-tile")).toBe(before);
    expect(el.querySelector(".gd-tile")?.textContent).toContain("step 20");
  });

  test("asks for small pictures of what is shown only", async () => {
    const { model } = await look([
      { thumb: true, step: 1 },
      { thumb: true, step: 2 },
    ]);
    const asked = model.sent.filter(({ kind }) => kind === "thumbnail");
    expect(asked.map(({ number }) => number)).toEqual([1]);
  });

  test("says when there is nothing, and when nothing fits", async () => {
    const { el, say } = await look([]);
    expect(el.querySelector(".gd-empty")?.textContent).toContain("No media yet");
    say(...media([{}]));
    await settle();
    expect(el.querySelector<HTMLElement>(".gd-empty")?.hidden).toBe(true);
    button(el, "Audio")?.click();
    await settle();
    expect(el.querySelector(".gd-empty")?.textContent).toContain("Nothing was recorded that fits");
  });

  test("a text opens as text, arrows go to other steps, Escape goes back", async () => {
    const { el, model } = await look([
      { kind: "text", step: 1 },
      { kind: "text", step: 2 },
    ]);
    el.querySelector<HTMLButtonElement>(".gd-textrow")?.click();
    const viewer = el.querySelector<HTMLElement>(".gd-viewer") as HTMLElement;
    expect(viewer.hidden).toBe(false);
    expect(viewer.textContent).toContain("2 of 2");
    const piece = model.sent.findLast(({ kind }) => kind === "piece");
    expect(piece).toMatchObject({ number: 1, offset: 0 });
    const bytes = new TextEncoder().encode("<b>said</b>").buffer as ArrayBuffer;
    const result = { type: "text/plain", size: 11 };
    model.receive({ id: piece?.id, kind: "piece", result }, [bytes]);
    await vi.waitFor(() => expect(texts(el, ".gd-viewtext")).toEqual(["<b>said</b>"]));
    const press = (key: string) =>
      viewer.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("ArrowLeft");
    expect(viewer.textContent).toContain("1 of 2");
    press("ArrowLeft");
    expect(viewer.textContent).toContain("1 of 2");
    press("Escape");
    expect(viewer.hidden).toBe(true);
  });

  test("says why a file cannot be shown", async () => {
    const { el, model } = await look([{ kind: "image" }]);
    el.querySelector<HTMLButtonElement>(".gd-tile")?.click();
    const piece = model.sent.findLast(({ kind }) => kind === "piece");
    model.receive({ id: piece?.id, kind: "piece", error: "The file is not there any more." });
    await vi.waitFor(() =>
      expect(texts(el, ".gd-viewsays")).toEqual(["The file is not there any more."]),
    );
  });

  test("the kernel opens a file", async () => {
    const { el, say } = await look([{ step: 1 }, { step: 2 }]);
    say({ kind: "open", number: 0 });
    await settle();
    expect(el.querySelector(".gd-viewer")?.textContent).toContain("step 1");
  });

  test("keys are ticked one by one", async () => {
    const { el, model } = await look([{}, { key: 1, kind: "image" }]);
    button(el, "Keys")?.click();
    const pick = (words: string) =>
      [...el.querySelectorAll<HTMLElement>("[role=option]")]
        .find((each) => each.textContent?.startsWith(words))
        ?.click();
    pick("film");
    expect(model.traits.only_keys).toEqual(["film"]);
    pick("<b>map");
    expect(model.traits.only_keys).toEqual(["film", "<b>map</b>"]);
    pick("All keys");
    expect(model.traits.only_keys).toEqual([]);
  });
});

describe("files", () => {
  test("several pieces are on their way at once and come together in order", async () => {
    const sent: { id: string; offset: number }[] = [];
    const channel = new Channel({ send: (message) => void sent.push(message as never) });
    const files = new MediaFiles(channel, new AbortController().signal);
    const url = files.file(
      7,
      () => {},
      () => true,
    );
    const answer = (place: number, bytes: number[]) => {
      const message = {
        id: sent[place]?.id,
        kind: "piece",
        result: { type: "video/mp4", size: 7 },
      };
      channel.receive(message, [new DataView(new Uint8Array(bytes).buffer)]);
    };
    answer(0, [1, 2]);
    await vi.waitFor(() => expect(sent.map(({ offset }) => offset)).toEqual([0, 2, 4, 6]));
    answer(2, [5, 6]);
    answer(1, [3, 4]);
    answer(3, [7]);
    await url;
    const blob = vi.mocked(URL.createObjectURL).mock.calls[0]?.[0] as Blob;
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("memory of files", () => {
  const blob = (size: number) => new Blob([new Uint8Array(size)]);

  test("lets go what was longest not asked for", () => {
    const memory = new BlobMemory(10);
    memory.put(1, blob(4));
    memory.put(2, blob(4));
    memory.get(1);
    memory.put(3, blob(4));
    expect([1, 2, 3].map((number) => memory.get(number) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(revoked).toEqual(["blob:2"]);
    expect(memory.bytes).toBe(8);
  });

  test("keeps what is held, and the newest even if it is too large alone", () => {
    const memory = new BlobMemory(10);
    memory.put(1, blob(8));
    const release = memory.hold(1);
    memory.put(2, blob(20));
    expect(memory.get(1)).toBeDefined();
    release();
    memory.put(3, blob(1));
    expect([1, 2, 3].map((number) => memory.get(number) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
