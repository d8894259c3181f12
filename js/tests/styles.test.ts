import { describe, expect, it } from "vitest";

declare global {
  interface ImportMeta {
    /** Vite's: the texts of the files that match, by path. */
    glob(
      pattern: string,
      options: { query?: "?raw"; import: "default"; eager: true },
    ): Record<string, string>;
  }
}

/** Style sheets and sources in the folders of shared/, by path. */
const SHEETS = import.meta.glob("../shared/*/*.css", { import: "default", eager: true });
const SOURCES = import.meta.glob("../shared/*/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What all may use: their styles are on every page. */
const FOR_ALL = new Set(["look", "card"]);

interface Use {
  name: string;
  folder: string;
}

/** Texts with the folder that they lie in. */
function files(found: Record<string, string>): { folder: string; text: string }[] {
  return Object.entries(found).map(([path, text]) => ({
    folder: path.split("/").at(-2) ?? "",
    text,
  }));
}

/** Classes that a folder's style sheets style wherever they are, as `.gd-tick { ... }` does. */
function styled(): Use[] {
  return files(SHEETS).flatMap(({ folder, text }) =>
    text
      .replaceAll(/\/\*[\s\S]*?\*\//g, "")
      .split("{")
      .flatMap((part) => (part.split(/[;}]/).at(-1) ?? "").split(","))
      .map((selector) => /^\.(gd-[\w-]+)$/.exec(selector.trim())?.[1])
      .filter((name) => name !== undefined)
      .map((name) => ({ name, folder })),
  );
}

/** Classes that a folder's elements have. */
function used(): Use[] {
  return files(SOURCES).flatMap(({ folder, text }) =>
    [...text.matchAll(/["`]([^"`]*)["`]/g)].flatMap(([, words = ""]) =>
      words
        .split(/\s+/)
        .filter((word) => /^gd-[\w-]+$/.test(word))
        .map((name) => ({ name, folder })),
    ),
  );
}

const ALL_STYLED = styled();
const OF_PANELS = ALL_STYLED.filter(({ folder }) => !FOR_ALL.has(folder));

describe("Style sheets of panels that are on a page together", () => {
  it("are read here", () => {
    expect(ALL_STYLED).toContainEqual({ name: "gd-btn", folder: "look" });
    expect(used()).toContainEqual({ name: "gd-btn", folder: "start" });
  });

  it("style no class of one another", () => {
    const clashes = OF_PANELS.filter(({ name, folder }) =>
      ALL_STYLED.some((other) => other.name === name && other.folder !== folder),
    );
    expect(clashes).toEqual([]);
  });

  it("style no class of what another panel or the card shows", () => {
    const clashes = used().filter(
      ({ name, folder }) =>
        OF_PANELS.some((other) => other.name === name) &&
        !OF_PANELS.some((own) => own.name === name && own.folder === folder),
    );
    expect(clashes).toEqual([]);
  });
});
