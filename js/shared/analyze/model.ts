/** What the Python side of the analyze panel shares with the browser; see `analyze_messages.py`. */
import type { MediaItem } from "../media/media_files";
import type { PanelContext, PanelTraits } from "../panel";
import type { XKind } from "../picture";

export type Statistic = "each" | "mean" | "median" | "iqm";
export type PythonX = "step" | "relative" | "wall";
export type Range = [number, number];

export interface AnalyzeTraits extends PanelTraits {
  sims: string[];
  overview_key: string;
  detail_key: string;
  group_by: "none" | "config" | string[];
  statistic: Statistic;
  smoothing_kind: "ema" | "window";
  smoothing: number;
  smoothing_window: number;
  smoothing_passes: number;
  x: PythonX;
  log_y: boolean;
  fits_y: boolean;
  between: Range | null;
  hidden: string[];
  folded: string[];
  best: Record<string, "max" | "min">;
  open_media: [string, string, number][];
  has_media_panel: boolean;
}

export type AnalyzeContext = PanelContext<AnalyzeTraits>;

/** What has a colour and a row in the table: a simulation, or a group of them. */
export interface Line {
  id: string;
  name: string;
  colour: number;
  sims: string[];
  group: string;
  n: number;
  of: number;
  is_live: boolean;
}

/** A configuration value that differs between the simulations. */
export interface Path {
  path: string;
  values: number;
}

export interface KeyGroup {
  name: string;
  keys: string[];
}

export interface Part {
  line: string;
  count: number;
  is_all: boolean;
  total: number;
}

export interface ChartMessage {
  chart: string;
  key: string;
  x: PythonX;
  is_new: boolean;
  is_done: boolean;
  is_smoothed: boolean;
  has_band: boolean;
  between: Range | null;
  extent: Range | null;
  end: number | null;
  parts: Part[];
}

export interface TableRow {
  line: string;
  n: number;
  of: number;
  last: number;
  low: number;
  high: number;
  best: number;
  at: number;
}

export interface MarkedMedia extends MediaItem {
  line: string;
  relative: number;
  wall: number;
}

/** The charts' own word for what x is. */
export function xKindOf(x: PythonX): XKind {
  return x === "relative" ? "time" : x;
}
