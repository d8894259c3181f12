/** What only JupyterLab can do, asked by an event on the page that the extension hears; no kernel is needed. */

const ACTIONS: Readonly<Record<string, string>> = {
  "lab-dashboard": "open-dashboard",
  "lab-watch": "insert-watch",
  "lab-folder": "open-folder",
};

/** Whether the extension is there. */
export function isInLab(): boolean {
  return Boolean(document.body.dataset.gymdashLab);
}

/** Ask for what a menu's entry says, of a simulation in a project's folder. */
export function askLab(from: HTMLElement, entry: string, project: string, id: string): void {
  const detail = { action: ACTIONS[entry], project, sim_id: id };
  from.dispatchEvent(new CustomEvent("gymdash:lab", { bubbles: true, composed: true, detail }));
}
