/** What a kernel of a project's own is told to do first, and what it means when that fails. Pure. */
import type { KernelMessage } from "@jupyterlab/services";

/** Python that opens the project; its words are data in it, never code. */
export function bootCode(folder: string, create: boolean): string {
  // JSON in JSON: of the outer one's escapes only \" and \\ are left, which mean the same in Python.
  const given = JSON.stringify(asciiOnly(JSON.stringify({ folder, create })));
  return [
    "from gymdash_jupyter.sidebar_opening import open_for_sidebar as _open",
    "import json as _json",
    `_open(**_json.loads(${given}))`,
  ].join("\n");
}

/** The same JSON, with what is not ASCII written as `\uXXXX`. */
function asciiOnly(json: string): string {
  return json.replaceAll(/[\u007f-\uffff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Say in a sentence or two why a kernel could not open the project. */
export function troubleOf(
  reply: KernelMessage.IReplyErrorContent | KernelMessage.IReplyAbortContent,
  kernel: string,
): string {
  if (reply.status !== "error") return `The kernel "${kernel}" was interrupted. Try again.`;
  const { ename, evalue } = reply;
  if (ename === "ModuleNotFoundError" && evalue.includes("gymdash_jupyter")) {
    const isOld = evalue.includes("sidebar_opening");
    const what = isOld ? "an older gymdash_jupyter" : "no gymdash_jupyter";
    const install = isOld ? "pip install -U gymdash-jupyter" : "pip install gymdash-jupyter";
    return (
      `The kernel "${kernel}" has ${what}. Run ${install} in its environment, ` +
      'or name another kernel in the settings of GymDash ("Kernel").'
    );
  }
  return evalue || ename;
}
