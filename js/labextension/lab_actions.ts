/** Does what panels ask of JupyterLab: opens things and writes text into a notebook; never runs code. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { type INotebookTracker, NotebookActions } from "@jupyterlab/notebook";
import { CommandIds } from "./command_ids";
import type { SidebarModel } from "./model";
import { placeInServer } from "./paths";
import type { ServerPlace } from "./server_place";
import { readWish, simulationFolder, type Wish, watchLines } from "./wishes";

export class LabActions {
  readonly #app: JupyterFrontEnd;
  readonly #model: SidebarModel;
  readonly #notebooks: INotebookTracker | null;
  readonly #server: ServerPlace;

  constructor(
    app: JupyterFrontEnd,
    model: SidebarModel,
    notebooks: INotebookTracker | null,
    server: ServerPlace,
  ) {
    this.#app = app;
    this.#model = model;
    this.#notebooks = notebooks;
    this.#server = server;
  }

  /** Listen from now on, and let panels know. */
  listen(version: string): void {
    document.body.dataset.gymdashLab = version;
    document.body.addEventListener("gymdash:lab", (event) => {
      const wish = readWish((event as CustomEvent<unknown>).detail);
      if (wish) void this.#do(wish);
    });
  }

  async #do(wish: Wish): Promise<void> {
    const { commands } = this.#app;
    const { action, project, simId } = wish;
    if (action === "open-dashboard") {
      const args = simId ? { project, sim: simId } : { project };
      await commands.execute(CommandIds.openDashboard, args);
    } else if (action === "start") await commands.execute(CommandIds.startSimulation, { project });
    else if (action === "insert-watch") this.#insertWatch(wish);
    else await this.#openFolder(wish);
  }

  #insertWatch(wish: Wish): void {
    const panel = this.#notebooks?.currentWidget;
    if (!panel) {
      const code = watchLines(wish, false);
      tell("No notebook is open to write gd.watch(...) into.", "Copy the code", code);
      return;
    }
    const { current } = this.#model.notebooks;
    const isOpen = current?.name === panel.title.label && current.state?.project === wish.project;
    const { content: notebook } = panel;
    NotebookActions.insertBelow(notebook);
    const cell = notebook.activeCell;
    cell?.model.sharedModel.setSource(watchLines(wish, isOpen));
    this.#app.shell.activateById(panel.id);
    if (cell) void notebook.scrollToCell(cell);
  }

  async #openFolder(wish: Wish): Promise<void> {
    const folder = simulationFolder(wish);
    const place = placeInServer(folder, this.#server.root, this.#server.home());
    if (place.kind === "outside") {
      const { root } = this.#server;
      tell(`This folder is outside of JupyterLab's root ${root}.`, "Copy path", folder);
      return;
    }
    const { commands, serviceManager } = this.#app;
    try {
      await serviceManager.contents.get(place.path, { content: false });
    } catch {
      const why = place.isHidden
        ? "This folder is in a hidden one, and the server does not show hidden files " +
          "(ContentsManager.allow_hidden)."
        : "The server cannot open this folder.";
      tell(why, "Copy path", folder);
      return;
    }
    await commands.execute("filebrowser:open-path", { path: place.path });
    await commands.execute("filebrowser:activate").catch(() => {}); // not there in Notebook 7
  }
}

/** Say something with one thing to do: copy a text. */
export function tell(words: string, copyWords: string, text: string): void {
  const copy = () => void navigator.clipboard.writeText(text);
  Notification.info(words, {
    autoClose: 12_000,
    actions: [{ label: copyWords, callback: copy, caption: text }],
  });
}
