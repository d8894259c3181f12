/** Where the server's files are: its root and the home folder of who runs it. */
import { PageConfig } from "@jupyterlab/coreutils";

export interface ServerPlace {
  /** As the server gives it: absolute, or from `~` on. */
  readonly root: string;
  /** "" while no kernel has said it. */
  home(): string;
}

export function serverPlace(home: () => string): ServerPlace {
  return { root: PageConfig.getOption("serverRoot"), home };
}
