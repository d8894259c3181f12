/**
 * What the sidebar and the dashboard tabs show: a kernel that has a project open.
 *
 * Only the words that both sides of the labextension share are here; notebook_sources.ts and own_kernels.ts make them.
 */
import type { IDisposable } from "@lumino/disposable";
import type { ISignal } from "@lumino/signaling";
import type { Widget } from "@lumino/widgets";

/** What a kernel says about its current project. */
export interface ProjectState {
  /** The project's absolute folder, or null when none is open. */
  project: string | null;
  /** The folder as a person would write it. */
  place: string;
  home: string;
  cwd: string;
  is_read_only: boolean;
  open_requests: number;
  /** Null until it was measured: ask for "size". */
  size_bytes: number | null;
  /** Whether the panel shows the form that starts simulations. */
  is_starting: boolean;
  can_start: boolean;
  version: string;
  pid: number;
}

/**
 * starting: no kernel, or it has not answered yet; ready; restarting: it comes back by itself;
 * failed: `trouble` says why, and trying again may help; gone: it will not come back.
 */
export type Phase = "starting" | "ready" | "restarting" | "failed" | "gone";

/** A kernel that can show a project. */
export interface Source extends IDisposable {
  readonly kind: "notebook" | "own";
  /** The notebook's file name, or the project's folder. */
  readonly name: string;
  readonly phase: Phase;
  /** One sentence or two when failed, else "". */
  readonly trouble: string;
  readonly state: ProjectState | null;
  /** Something of the above changed, or the panel must be fetched again (after a restart). */
  readonly changed: ISignal<Source, void>;
  /** Asked more than 2 s ago and no answer yet: the kernel is busy with a cell and has no subshells. */
  readonly isBusyDeaf: boolean;
  /** The SidebarPanel's view; made once per kernel process, so a restarted kernel gives another. */
  panel(): Promise<Widget>;
  /** The project's dashboard, with this simulation selected; own kernels only. */
  dashboard(sim?: string): Promise<Widget>;
  ask(what: string, content?: object): Promise<unknown>;
}

/** How an own kernel is opened. */
export interface OpenOptions {
  /** Use a kernel that runs already; never start one. Rejects when none runs. */
  attachOnly?: boolean;
  /** Make the project when there is none in the folder. */
  create?: boolean;
  /** Name of the kernelspec; "" or nothing for the server's default. */
  kernel?: string;
}

/** Whether two sources show the same project. */
export function isSameProject(one: Source | null, other: Source | null): boolean {
  const folder = one?.state?.project;
  return folder != null && folder === other?.state?.project;
}
