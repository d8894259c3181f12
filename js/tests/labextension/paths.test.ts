import { describe, expect, it } from "vitest";
import {
  absolutePath,
  isAbsolute,
  placeInServer,
  projectName,
  shortPath,
} from "../../labextension/paths";

const ID = "0b3c1f7e-6a51-4a0e-9d6e-0d8c9f2b7a11";

describe("absolutePath", () => {
  it.each([
    ["rl", "/home/ann/work", "/home/ann/work/rl"],
    ["./rl/", "/home/ann/work", "/home/ann/work/rl"],
    ["../other", "/home/ann/work", "/home/ann/other"],
    ["rl", "~/work", "/home/ann/work/rl"],
    ["rl", "~", "/home/ann/rl"],
    ["~/rl", "/srv", "/home/ann/rl"],
    ["/data/rl/", "/srv", "/data/rl"],
    ["C:\\Users\\ann\\rl", "/srv", "C:/Users/ann/rl"],
    ["rl", "c:\\Users\\ann", "C:/Users/ann/rl"],
    ["../../../..", "/home/ann", "/"],
  ])("reads %s below %s", (path, root, expected) => {
    expect(absolutePath(path, root, "/home/ann")).toBe(expected);
  });

  it("knows no folder below ~ while the home folder is not known", () => {
    expect(absolutePath("rl", "~/work", "")).toBeNull();
    expect(absolutePath("~/rl", "/srv", "")).toBeNull();
  });

  it("takes nothing for nothing", () => {
    expect(absolutePath("  ", "/srv", "/home/ann")).toBeNull();
  });
});

describe("placeInServer", () => {
  const place = (folder: string, root: string) => placeInServer(folder, root, "/home/ann");

  it("says that a usual project is in a hidden folder", () => {
    const path = `rl/.gymdash-projects/sims/${ID}`;
    expect(place(`/home/ann/work/${path}`, "~/work")).toEqual({
      kind: "inside",
      path,
      isHidden: true,
    });
  });

  it("finds a folder that is not hidden, below a root with and without a slash", () => {
    const found = { kind: "inside", path: "rl/p", isHidden: false };
    expect(place("/srv/rl/p", "/srv")).toEqual(found);
    expect(place("/srv/rl/p/", "/srv/")).toEqual(found);
    expect(place("/rl/p", "/")).toEqual(found);
  });

  it("does not take a hidden part of the root itself for hidden", () => {
    expect(place("/home/ann/.work/p", "/home/ann/.work")).toMatchObject({ isHidden: false });
  });

  it("keeps a neighbour whose name begins alike outside", () => {
    expect(place("/home/ann/work2/p", "/home/ann/work")).toEqual({ kind: "outside" });
    expect(place("/home/ann/work/../secret", "/home/ann/work")).toEqual({ kind: "outside" });
  });

  it("compares as Windows does", () => {
    expect(place("c:\\Users\\Ann\\rl\\p", "C:\\Users\\ann")).toEqual({
      kind: "inside",
      path: "rl/p",
      isHidden: false,
    });
    expect(place("D:\\rl", "C:\\Users\\ann")).toEqual({ kind: "outside" });
  });

  it("takes a folder for outside while the home folder is not known", () => {
    expect(placeInServer("/home/ann/work/p", "~/work", "")).toEqual({ kind: "outside" });
  });
});

describe("names", () => {
  it("names a project by its folder, or by the one around the usual folder", () => {
    expect(projectName("/home/ann/rl/.gymdash-projects")).toBe("rl");
    expect(projectName("/home/ann/cartpole/")).toBe("cartpole");
    expect(projectName("C:\\rl\\.gymdash-projects")).toBe("rl");
  });

  it("shortens a folder to two parts", () => {
    expect(shortPath("/home/ann/rl/.gymdash-projects")).toBe("rl/.gymdash-projects");
    expect(shortPath(".gymdash-projects")).toBe(".gymdash-projects");
  });

  it("tells absolute paths", () => {
    const all = ["/a", "C:\\a", "c:/a", "\\\\host\\a", "a", "~/a", "./a", "C:a", ""];
    expect(all.filter(isAbsolute)).toEqual(["/a", "C:\\a", "c:/a", "\\\\host\\a"]);
  });
});
