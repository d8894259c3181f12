/** What the Python side of a media panel shares with the browser. */
import type { PanelTraits } from "../panel";
import type { Sort } from "./choice";
import type { MediaKind } from "./media_files";

/** As the Python class has them. */
export interface MediaTraits extends PanelTraits {
  sims: string[];
  only_keys: string[];
  kind: MediaKind | "all";
  between: [number, number] | null;
  at_step: number | null;
  every_step: boolean;
  sort: Sort;
  folded: string[];
}
