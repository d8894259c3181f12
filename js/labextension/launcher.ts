/** GymDash's tile in JupyterLab's launcher. */
import type { ILauncher } from "@jupyterlab/launcher";
import { CommandIds } from "./command_ids";

export function addToLauncher(launcher: ILauncher): void {
  launcher.add({
    command: CommandIds.openDashboard,
    args: { isLauncher: true },
    category: "Other",
    rank: 3,
  });
}
