/** Which videos are played in step: those that can be seen. */
import type { Section } from "./section";
import { Tile } from "./tile";

/** As many videos as a browser plays at once without trouble. */
const MOST = 16;

/** The videos in sight first, then those nearest to it. */
export function videosInSight(sections: Iterable<Section>, stage: HTMLElement): Tile[] {
  const tiles = [...sections]
    .filter((section) => !section.isFolded)
    .flatMap((section) => section.things)
    .filter((thing) => thing instanceof Tile)
    .filter((tile) => tile.item?.kind === "video");
  if (tiles.length <= MOST) return tiles;
  const box = stage.getBoundingClientRect();
  const top = Math.max(box.top, 0);
  const bottom = Math.min(box.bottom, window.innerHeight);
  const far = (tile: Tile) => {
    const at = tile.element.getBoundingClientRect();
    return Math.max(top - at.bottom, at.top - bottom, 0);
  };
  return [...tiles].sort((a, b) => far(a) - far(b)).slice(0, MOST);
}
