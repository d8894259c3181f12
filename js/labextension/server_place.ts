/** Where the server's files are: its root and the home folder of who runs it. */
import { PageConfig } from "@jupyterlab/coreutils";

export interface ServerPlace {
  /** As the server gives it: absolute, or from `~` on. */
  readonly root: string;
  /** "" while no kernel has said it. */
  home(): string;
}

/** The server's root folder; "" where the page does not know it. */
export function serverRoot(): string {
  const root = PageConfig.getOption("serverRoot"); // JupyterLab's
  if (root) return root;
  const uri = PageConfig.getOption("rootUri"); // Notebook 7 has only this
  if (!uri.startsWith("file://")) return "";
  const path = decodeURIComponent(uri.slice("file://".length));
  return path.replace(/^\/([a-z]:)/i, "$1");
}

export function serverPlace(home: () => string): ServerPlace {
  return { root: serverRoot(), home };
}
