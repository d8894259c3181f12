/** The menu of the project's line: other projects, closing, following the notebook. */
import { MenuSvg } from "@jupyterlab/ui-components";
import type { CommandRegistry } from "@lumino/commands";
import type { Menu } from "@lumino/widgets";
import { CommandIds } from "./command_ids";
import type { SidebarModel } from "./model";
import { absolutePath, shortPath } from "./paths";
import type { ServerPlace } from "./server_place";

/** What the menu offers now. */
export function menuItems(model: SidebarModel, server: ServerPlace): Menu.IItemOptions[] {
  const items: Menu.IItemOptions[] = [];
  const separator: Menu.IItemOptions = { type: "separator" };
  if (model.notebooks.current?.state?.project) {
    items.push({ command: CommandIds.showNotebook }, separator);
  }
  for (const { project, place } of model.recents.all) {
    items.push({ command: CommandIds.openProject, args: { project, place } });
  }
  const fallback = model.settings.values.project;
  const resolved = absolutePath(fallback, server.root, server.home());
  const isListed = model.recents.all.some(({ project }) => project === resolved);
  if (!isListed) {
    const place = shortPath(fallback);
    items.push({ command: CommandIds.openProject, args: { project: fallback, place } });
  }
  items.push(
    separator,
    { command: CommandIds.openProject },
    { command: CommandIds.newProject },
    separator,
    { command: CommandIds.closeProject },
    { command: CommandIds.followNotebook },
  );
  return items;
}

/** When each button's menu was closed. */
const closed = new WeakMap<HTMLElement, number>();

/** Open it below its button, as wide at least; the focus comes back to the button. */
export function openMenu(
  commands: CommandRegistry,
  items: readonly Menu.IItemOptions[],
  button: HTMLElement,
): void {
  // The press that closes an open menu is not to open it again.
  if (Date.now() - (closed.get(button) ?? 0) < 250) return;
  const menu = new MenuSvg({ commands });
  menu.addClass("gd-shell-menu");
  for (const item of items) menu.addItem(item);
  const { left, bottom, width } = button.getBoundingClientRect();
  menu.node.style.minWidth = `${width}px`;
  button.setAttribute("aria-expanded", "true");
  menu.aboutToClose.connect(() => {
    closed.set(button, Date.now());
    button.setAttribute("aria-expanded", "false");
    if (menu.node.contains(document.activeElement)) button.focus();
    requestAnimationFrame(() => menu.dispose());
  });
  menu.open(left, bottom);
  menu.activeIndex = menu.items.findIndex(({ type }) => type === "command");
}
