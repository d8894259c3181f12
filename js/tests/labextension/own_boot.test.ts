import { expect, test } from "vitest";
import { bootCode, troubleOf } from "../../labextension/own_boot";

/** The text in the Python code that names the folder. */
function literal(folder: string, create: boolean): string {
  const found = /^_open\(\*\*_json\.loads\((".*")\)\)$/m.exec(bootCode(folder, create));
  return found?.[1] ?? "";
}

test("a folder's name reaches Python as it is, whatever is in it, and is never code", () => {
  const folder = `/a "b" 'c'\\n\n\u2028 ü 😀 {x} \\u0041 ''' """); import os`;
  const text = literal(folder, true);
  expect(JSON.parse(JSON.parse(text))).toEqual({ folder, create: true });
  // Printable ASCII, and no escape but those that Python reads as JSON does.
  expect(text).toMatch(/^"(?:[ !#-[\]-~]|\\"|\\\\)*"$/);
  expect(bootCode(folder, true).split("\n")).toHaveLength(3);
});

const failed = (ename: string, evalue: string) => {
  return { status: "error" as const, ename, evalue, traceback: [] };
};

test("a kernel without the package: what to run, where, or what to set", () => {
  const reply = failed("ModuleNotFoundError", "No module named 'gymdash_jupyter'");
  const words = troubleOf(reply, "python3");
  expect(words).toContain('The kernel "python3" has no gymdash_jupyter.');
  expect(words).toContain("pip install gymdash-jupyter");
  expect(words).toContain('"Kernel"');
});

test("a kernel with an older package is told to update", () => {
  const evalue = "No module named 'gymdash_jupyter.sidebar_opening'";
  expect(troubleOf(failed("ModuleNotFoundError", evalue), "rl")).toContain("pip install -U");
});

test("what else is wrong is said in Python's words", () => {
  const evalue = "There is no project in /x: it does not exist.";
  expect(troubleOf(failed("ProjectFolderError", evalue), "python3")).toBe(evalue);
});
