/** GymDash in JupyterLab: puts the parts together and hands them what JupyterLab offers. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { ILauncher } from "@jupyterlab/launcher";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStateDB } from "@jupyterlab/statedb";
import { version } from "../package.json";
import { CommandIds } from "./command_ids";
import { addCommands, addToPalette } from "./commands";
import { DashboardTabs } from "./dashboard_tab";
import { keepOpen } from "./kept_open";
import { LabActions } from "./lab_actions";
import { addToLauncher } from "./launcher";
import { SidebarModel } from "./model";
import { NotebookSources } from "./notebook_sources";
import { OwnKernels } from "./own_kernels";
import { menuItems, openMenu } from "./project_menu";
import { Recents } from "./recents";
import { serverPlace } from "./server_place";
import { Settings } from "./settings";
import { Sidebar } from "./sidebar";

const ID = "gymdash-jupyter:plugin";
/** After the running sessions (200) and commands of others, before the extension manager (1000). */
const RANK = 550;

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "The sidebar that registers, starts and watches simulations.",
  autoStart: true,
  requires: [IRenderMimeRegistry, INotebookTracker],
  // Notebook 7 has no launcher and another shell.
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, ILauncher, ISettingRegistry, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    tracker: INotebookTracker,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    registry: ISettingRegistry | null,
    stateDb: IStateDB | null,
  ) => {
    const settings = new Settings();
    const notebooks = new NotebookSources(tracker, rendermime);
    const owns = new OwnKernels(app, rendermime, () => settings.values.kernel);
    const model = new SidebarModel({ notebooks, owns, settings, recents: new Recents(stateDb) });
    const server = serverPlace(() => homeOf(model));
    const tabs = new DashboardTabs(app, owns, (project) => model.uses(project));
    const { commands, shell } = app;
    const run = (command: string, args = {}) => void commands.execute(command, args);
    const sidebar = new Sidebar(model, {
      open: (project) => run(CommandIds.openProject, { project }),
      create: (project) => run(CommandIds.openProject, { project, create: true }),
      openOther: () => run(CommandIds.openProject),
      openDashboard: () => run(CommandIds.openDashboard),
      start: () => run(CommandIds.startSimulation),
      newNotebook: () => run(CommandIds.newNotebook),
      openMenu: (button) => openMenu(commands, menuItems(model, server), button),
      forget: (project) => {
        model.recents.remove(project);
        model.forgetFailure();
      },
      back: () => model.forgetFailure(),
      copy: (text) => void navigator.clipboard.writeText(text),
    });
    const showSidebar = () => {
      if (labShell) return labShell.activateById(sidebar.id);
      // Notebook 7 closes what is open already, and what only the area around it hides.
      for (let i = 0; i < 2 && !sidebar.isVisible; i += 1) shell.activateById(sidebar.id);
    };
    addCommands({ app, model, tabs, server, notebooks: tracker, showSidebar });
    shell.add(sidebar, "left", { rank: RANK, type: "GymDash" });
    restorer?.add(sidebar, sidebar.id);
    if (!labShell) keepOpen(sidebar, app.restored, showSidebar);
    if (restorer) tabs.restore(restorer);
    if (palette) addToPalette(palette);
    if (launcher) addToLauncher(launcher);
    new LabActions(app, model, tracker, server).listen(version);
    void settings.load(registry, ID).catch(() => {}); // the defaults hold
    // Not before: while the layout is restored nothing may start.
    void app.restored.then(() => model.restore());
  },
};

/** The home folder of who runs the server, from any kernel that has said it. */
function homeOf({ notebooks, owns }: SidebarModel): string {
  for (const { state } of [...notebooks.all, ...owns.running()])
    if (state?.home) return state.home;
  return "";
}

export default [plugin];
