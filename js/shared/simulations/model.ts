/** What the Python side of the list shares with the browser. */
import type { Simulation } from "../card/simulation";
import type { PanelContext, PanelTraits } from "../panel";

/** As the Python class has them. */
export interface SimulationsTraits extends PanelTraits {
  selection: string[];
  focused: string;
  filter: string;
  states: string[];
  types: string[];
  tags: string[];
  sort: string;
  hide_unselected: boolean;
  notify: boolean;
  with_details: boolean;
  /** Laid out for a narrow column, however wide it is. */
  compact: boolean;
  /** The project's folder, absolute. */
  folder: string;
  can_start: boolean;
  start_asked: number;
}

export type Context = PanelContext<SimulationsTraits>;

/** What the list knows of a simulation; a card's words fit it. */
export interface Row extends Simulation {
  /** Order of creation in the project, from 1. */
  number: number;
  /** Place in the series palette. */
  colour: number;
  /** In the queue, from 1. */
  place: number | null;
  waiting: number;
  tags: readonly string[];
  note: string;
  /** `name=value`, one a line, in small letters: only the filter reads it. */
  config: string;
}

/** What is shown of the simulation in focus. */
export interface Details {
  sim: Simulation;
  tags: string[];
  note: string;
  parent_id: string | null;
  config: ConfigValue[];
  start_kwargs: ConfigValue[];
}

export interface ConfigValue {
  name: string;
  text: string;
  is_number: boolean;
  is_described: boolean;
}
