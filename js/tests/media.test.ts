import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { MediaItem } from "../shared/media/media_files";
import { captionLines, clusters, lengthText } from "../shared/media/media_words";
import panel from "../widgets/live_card";
import { FakeModel } from "./fakes";

const item = (changed: Partial<MediaItem> = {}): MediaItem => ({
  number: 0,
  sim_id: "a",
  key: "episode_video",
  step: 2704,
  kind: "video",
  name: "2704_0.mp4",
  info: { duration_s: 7.2, episode: 118, return: 24 },
  has_thumbnail: true,
  ...changed,
});

describe("words", () => {
  test("length and caption", () => {
    expect(lengthText(item())).toBe("0:07");
    expect(lengthText(item({ info: { duration_s: 75 } }))).toBe("1:15");
    expect(lengthText(item({ info: {} }))).toBe("");
    expect(captionLines(item())).toEqual(["step 2,704", "episode 118", "return 24"]);
    expect(captionLines(item({ info: { return: "high" } }))).toEqual(["step 2,704"]);
  });

  test("marks nearer than 20 pixels join, also in a chain", () => {
    const marks = [100, 0, 110, 125, 300].map((left, number) => ({ left, number }));
    const found = clusters(marks, 20);
    expect(found.map(({ numbers }) => numbers)).toEqual([[1], [0, 2, 3], [4]]);
    expect(found[1]?.left).toBeCloseTo(335 / 3);
  });
});

describe("media in a card", () => {
  const urls = { made: [] as Blob[], revoked: [] as string[] };
  let undo: (() => void) | undefined;

  beforeEach(() => {
    urls.made = [];
    urls.revoked = [];
    vi.stubGlobal("IntersectionObserver", undefined); // everything on the page counts as seen
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      urls.made.push(blob as Blob);
      return `blob:${urls.made.length}`;
    });
    vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void urls.revoked.push(url));
  });

  afterEach(() => {
    undo?.();
    undo = undefined;
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  function show(items: MediaItem[]) {
    const model = new FakeModel({ series_keys: ["loss"] });
    const el = document.createElement("div");
    document.body.append(el);
    // biome-ignore lint/suspicious/noExplicitAny: a fake stands in for anywidget's model
    undo = panel.render({ model: model as any, el });
    const { view } = model.last("show");
    model.say({ id: 0, kind: "media", view, items, is_new: true });
    return { model, el, view };
  }

  const tiles = (el: Element) => [...el.querySelectorAll<HTMLElement>(".gd-clipcard")];

  test("shows the newest three, and all of them on demand", () => {
    const { model, el, view } = show([0, 1, 2].map((number) => item({ number })));
    expect(tiles(el).length).toBe(3);
    model.say({ id: 0, kind: "media", view, items: [item({ number: 3 })], is_new: false });
    expect(tiles(el).map((tile) => tile.dataset.number)).toEqual(["1", "2", "3"]);
    [...el.querySelectorAll("button")].find((b) => b.textContent === "Show all")?.click();
    expect(tiles(el).length).toBe(4);
  });

  test("fetches each small picture once and lets it go with the card", async () => {
    const { model, el, view } = show([item()]);
    model.answer("thumbnail", { type: "image/png" }, [1, 2, 3]);
    await vi.waitFor(() => expect(el.querySelector("img")?.getAttribute("src")).toBe("blob:1"));
    model.say({ id: 0, kind: "media", view, items: [item({ number: 1 })], is_new: false });
    expect(model.sent.filter((each) => each.kind === "thumbnail").length).toBe(2);
    undo?.();
    undo = undefined;
    await vi.waitFor(() => expect(urls.revoked).toContain("blob:1"));
  });

  test("fetches a file in pieces, only when it is asked for, and plays it", async () => {
    const { model, el } = show([item({ has_thumbnail: false })]);
    expect(model.sent.some((each) => each.kind === "piece")).toBe(false);
    tiles(el)[0]?.click();
    expect(model.last("piece")).toMatchObject({ number: 0, offset: 0 });
    model.answer("piece", { type: "video/mp4", size: 5 }, [1, 2, 3]);
    await vi.waitFor(() => expect(model.last("piece")).toMatchObject({ offset: 3 }));
    model.answer("piece", { type: "video/mp4", size: 5 }, [4, 5]);
    await vi.waitFor(() => expect(el.querySelector("video")?.getAttribute("src")).toBe("blob:1"));
    expect(urls.made[0]?.type).toBe("video/mp4");
    expect([...new Uint8Array(await (urls.made[0] as Blob).arrayBuffer())]).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  test("stops fetching what is closed meanwhile", async () => {
    const { model, el } = show([item({ has_thumbnail: false })]);
    tiles(el)[0]?.click();
    tiles(el)[0]?.click();
    model.answer("piece", { type: "video/mp4", size: 5 }, [1]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(model.sent.filter((each) => each.kind === "piece").length).toBe(1);
    expect(el.querySelector("video")).toBeNull();
  });

  test("shows a text as text", async () => {
    const { model, el } = show([item({ kind: "text", has_thumbnail: false })]);
    tiles(el)[0]?.click();
    model.answer("piece", { type: "text/plain", size: 3 }, [60, 98, 62]);
    await vi.waitFor(() => expect(el.querySelector(".gd-player pre")?.textContent).toBe("<b>"));
  });

  test("says why a file cannot be shown", async () => {
    const { model, el } = show([item({ has_thumbnail: false })]);
    tiles(el)[0]?.click();
    model.say({
      id: model.last("piece").id,
      kind: "piece",
      error: "The file is not there any more.",
    });
    await vi.waitFor(() =>
      expect(el.querySelector(".gd-player p")?.textContent).toBe(
        "The file is not there any more.",
      ),
    );
  });
});
