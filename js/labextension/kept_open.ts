/** Has the sidebar open again after a reload where nothing else does it: Notebook 7 restores no layout. */
import { MessageLoop } from "@lumino/messaging";
import type { Widget } from "@lumino/widgets";

const KEY = "gymdash-jupyter:sidebar-is-open";
/** How long a page takes to put its panels where they belong. */
const SETTLED_MS = 10_000;

/**
 * Remember whether the sidebar is open, and open it if it was before this page was loaded.
 *
 * @param restored When the application has laid itself out.
 * @param open Shows the sidebar.
 */
export function keepOpen(sidebar: Widget, restored: Promise<unknown>, open: () => void): void {
  // Of this browser tab: another notebook's page is not changed by it.
  let mustOpen = storage()?.getItem(KEY) === "yes";
  void restored.then(() => {
    if (mustOpen) open();
    setTimeout(() => {
      mustOpen = false;
    }, SETTLED_MS);
    MessageLoop.installMessageHook(sidebar, (_, { type }) => {
      if (type === "after-show") storage()?.setItem(KEY, "yes");
      else if (type === "after-hide" && sidebar.isHidden) storage()?.removeItem(KEY);
      // Notebook hides the whole area when other panels find their place; nobody closed this one.
      else if (type === "after-hide" && mustOpen) queueMicrotask(open);
      return true;
    });
  });
}

/** Null where the browser keeps nothing. */
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
