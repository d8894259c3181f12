/** How many columns fit into the width that there is. */

/** How things are laid out now. */
export interface Layout {
  width: number;
  columns: number;
}

function columnsOf(width: number): number {
  if (width < 300) return 1;
  if (width < 520) return 2;
  if (width < 700) return 3;
  return Math.max(4, Math.floor(width / 260));
}

/** Lay a list out anew whenever its width changes; `stage` is what holds it. */
export function watchColumns(
  list: HTMLElement,
  stage: HTMLElement,
  onLayout: (layout: Layout) => void,
  signal: AbortSignal,
): void {
  if (typeof ResizeObserver === "undefined") return;
  let before = 0;
  const observer = new ResizeObserver(() => {
    const width = list.clientWidth;
    if (!width || width === before) return;
    before = width;
    const columns = columnsOf(width);
    list.style.setProperty("--columns", String(columns));
    onLayout({ width, columns });
  });
  observer.observe(stage);
  signal.addEventListener("abort", () => observer.disconnect());
}
