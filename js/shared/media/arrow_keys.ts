/** Arrow keys go from tile to tile, and from row to row. */

const THINGS = ".gd-tile, .gd-textrow, .gd-wave";

/** Move the focus within a list of media; other keys and places are left alone. */
export function walkThings(list: HTMLElement, event: KeyboardEvent): void {
  const from = (event.target as HTMLElement).closest(THINGS);
  const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
  const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (!from || !(across || down)) return;
  const all = [...list.querySelectorAll<HTMLElement>(THINGS)];
  const at = from.getBoundingClientRect();
  const middle = (at.left + at.right) / 2;
  const next = across
    ? all[all.indexOf(from as HTMLElement) + across]
    : (down > 0 ? all : all.reverse()).find((each) => {
        const to = each.getBoundingClientRect();
        const isBeyond = down > 0 ? to.top >= at.bottom : to.bottom <= at.top;
        return isBeyond && to.left <= middle && middle <= to.right;
      });
  next?.focus();
  event.preventDefault();
}
