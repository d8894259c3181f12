/**
 * Put code into a new cell below the one that a panel stands in, through the public document context of JupyterLab's
 * widget manager. Elsewhere, and whenever something is not as expected, nothing happens and the caller is told.
 */

interface SharedNotebook {
  insertCell(index: number, cell: { cell_type: "code"; source: string }): unknown;
  cells?: { length: number };
}

interface NotebookContext {
  model?: { readOnly?: boolean; sharedModel?: Partial<SharedNotebook> };
}

/** Whether it was put there. */
export function insertBelow(manager: unknown, element: HTMLElement, source: string): boolean {
  try {
    const { model } = (manager as { context?: NotebookContext } | undefined)?.context ?? {};
    const shared = model?.sharedModel;
    const index = cellIndex(element);
    if (!shared || typeof shared.insertCell !== "function") return false;
    if (model?.readOnly || index === null) return false;
    const count = shared.cells?.length;
    if (count !== undefined && index >= count) return false;
    shared.insertCell(index + 1, { cell_type: "code", source });
    return true;
  } catch {
    return false;
  }
}

/** Which cell an element is in, from 0; null outside a notebook. */
function cellIndex(element: HTMLElement): number | null {
  const cell = element.closest<HTMLElement>(".jp-Notebook .jp-Cell");
  if (!cell) return null;
  const given = Number(cell.dataset.windowedListIndex);
  if (cell.dataset.windowedListIndex !== undefined && Number.isInteger(given)) return given;
  const siblings = [...(cell.parentElement?.children ?? [])];
  const at = siblings.filter((each) => each.classList.contains("jp-Cell")).indexOf(cell);
  return at < 0 ? null : at;
}
