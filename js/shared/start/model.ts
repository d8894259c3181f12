/** What the start panel and the registry panel hear from the kernel. */
import type { PanelTraits } from "../panel";

/** One value of a form; what is as it mostly is, is left out. */
export interface FieldMessage {
  path: string;
  kind: "int" | "float" | "bool" | "choice" | "text" | "dict" | "json";
  /** The default, as it is typed. */
  text: string;
  is_main: boolean;
  choices?: string[];
  is_open?: boolean;
  low?: number;
  /** Whether the smallest number itself is too small. */
  is_above?: boolean;
  high?: number;
  hint?: string;
  help?: string;
  placeholder?: string;
  fields?: FieldMessage[];
}

export interface SectionMessage {
  name: string;
  fields: FieldMessage[];
}

export interface FormMessage {
  key: string;
  words: string;
  documentation: string;
  is_open: boolean;
  depends_on: string[];
  sections: SectionMessage[];
  presets?: string[];
  max_running?: number;
}

export interface NotebookType {
  name: string;
  key: string;
  words: string;
  is_changed: boolean;
}

export interface Types {
  registered: string[];
  notebook: NotebookType[];
}

export interface TypesTraits extends PanelTraits {
  key: string;
}

export type Values = Record<string, string>;

/** What is filled in: these traits together. */
export interface Filled {
  key: string;
  values: Values;
  name_template: string;
  mode: "grid" | "random";
  n: number | null;
  launcher: "process" | "thread";
  only_missing: boolean;
}

export interface StartTraits extends TypesTraits, Filled {
  started: string[];
  close_asked: number;
}

/** What the kernel says of what is filled in. */
export interface Checked {
  errors: Record<string, string>;
  count: number;
  missing: number;
  summary: string;
  /** How many values a path has; 0 for all between two. */
  several: Record<string, number>;
  code: string;
  template: string;
}
