/** GymDash's commands, for the palette, the menu, the launcher and keys. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type ICommandPalette, InputDialog, Notification } from "@jupyterlab/apputils";
import { CommandIds } from "./command_ids";
import type { DashboardTabs } from "./dashboard_tab";
import { gymdashIcon } from "./lab_icon";
import type { SidebarModel } from "./model";
import type { ServerPlace } from "./server_place";

const FIRST_CELL = "import gymdash_jupyter as gd";

interface Context {
  readonly app: JupyterFrontEnd;
  readonly model: SidebarModel;
  readonly tabs: DashboardTabs;
  readonly server: ServerPlace;
  showSidebar(): void;
}

type Arguments = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export function addCommands(context: Context): void {
  addProjectCommands(context);
  addViewCommands(context);
  addFollowing(context);
}

function addProjectCommands({ app, model, tabs, server, showSidebar }: Context): void {
  const { commands } = app;
  commands.addCommand(CommandIds.openProject, {
    label: (args) => textOf(args.place) || textOf(args.project) || "Open Project\u2026",
    caption: (args) =>
      textOf(args.project) ||
      "Show a project's simulations in the sidebar, in a kernel of its own",
    isToggleable: false,
    isToggled: ({ project }) =>
      model.shown?.kind === "own" && project !== undefined && project === model.state?.project,
    execute: async (args: Arguments) => {
      const project =
        textOf(args.project) || (await askForFolder("Open a project", "Open", "", server));
      if (!project) return;
      showSidebar();
      await model.open(project, args.create === true ? { create: true } : {});
    },
  });
  commands.addCommand(CommandIds.newProject, {
    label: "New Project\u2026",
    caption: "Make a folder for simulations and show it in the sidebar",
    execute: async () => {
      const { project: text } = model.settings.values;
      const project = await askForFolder("New project", "Make", text, server);
      if (!project) return;
      showSidebar();
      await model.open(project, { create: true });
    },
  });
  commands.addCommand(CommandIds.closeProject, {
    label: () => (model.own ? `Close ${model.own.state?.place || "Project"}` : "Close Project"),
    caption: "End the kernel that shows the project; its simulations go on",
    isEnabled: () => model.own !== null || model.failure !== null,
    execute: async () => {
      const place = model.own?.state?.place;
      await model.close((project) => tabs.has(project));
      if (!place) return;
      const words = `${place} is closed. Simulations that run in processes of their own go on.`;
      Notification.info(words, { autoClose: 4000 });
    },
  });
}

function addViewCommands({ app, model, tabs, showSidebar }: Context): void {
  const { commands } = app;
  commands.addCommand(CommandIds.showSidebar, {
    label: "Show the GymDash Sidebar",
    caption: "Show the simulations of a project at the side",
    icon: gymdashIcon,
    execute: showSidebar,
  });
  commands.addCommand(CommandIds.openDashboard, {
    label: (args) => (args.isLauncher ? "GymDash" : "Open the Dashboard"),
    caption: "Open a project's dashboard as a tab",
    icon: gymdashIcon,
    execute: async (args: Arguments) => {
      const sim = textOf(args.sim);
      await tabs.open(textOf(args.project) || model.project, {
        kernel: model.settings.values.kernel,
        ...(sim ? { sim } : {}),
        ...(args.attachOnly === true ? { attachOnly: true } : {}),
      });
    },
  });
  commands.addCommand(CommandIds.startSimulation, {
    label: "Start a Simulation",
    caption: "Show the form that starts simulations",
    isEnabled: () => model.state?.can_start !== false,
    execute: async (args: Arguments) => {
      showSidebar();
      const project = textOf(args.project);
      if (project && project !== model.state?.project) await model.open(project);
      await model.start();
    },
  });
  commands.addCommand(CommandIds.newNotebook, {
    label: "New Notebook with GymDash",
    caption: "Open a notebook whose first cells open a project and watch it",
    execute: () => newNotebook(app, model),
  });
}

function addFollowing({ app, model }: Context): void {
  const { commands } = app;
  commands.addCommand(CommandIds.showNotebook, {
    label: () => {
      const { current } = model.notebooks;
      return current?.state ? `${current.name}: ${current.state.place}` : "The Notebook's Project";
    },
    caption: "Show the project of the active notebook, from its kernel",
    isToggled: () => model.shown?.kind === "notebook",
    isEnabled: () => Boolean(model.notebooks.current?.state?.project),
    execute: () => model.showNotebook(),
  });
  commands.addCommand(CommandIds.followNotebook, {
    label: "Follow the Notebook",
    caption: "Show the project that the active notebook has open",
    isToggleable: true,
    isToggled: () => model.settings.values.isFollowing,
    execute: () => model.settings.follow(!model.settings.values.isFollowing),
  });
  model.changed.connect(() => {
    commands.notifyCommandChanged(CommandIds.followNotebook);
    commands.notifyCommandChanged(CommandIds.closeProject);
  });
}

export function addToPalette(palette: ICommandPalette): void {
  const { showNotebook: _, ...others } = CommandIds;
  for (const command of Object.values(others)) palette.addItem({ command, category: "GymDash" });
}

/** Ask for a folder; "" when nobody wants one. */
async function askForFolder(
  title: string,
  okLabel: string,
  text: string,
  { root }: ServerPlace,
): Promise<string> {
  const { value } = await InputDialog.getText({
    title,
    label: `Folder, absolute or seen from ${root || "JupyterLab's root"}`,
    placeholder: ".gymdash-projects",
    text,
    okLabel,
  });
  return value?.trim() ?? "";
}

/** Open a notebook whose first cells are there but not run. */
async function newNotebook(app: JupyterFrontEnd, model: SidebarModel): Promise<void> {
  const { project } = model.state ?? {};
  const folder = project ? JSON.stringify(project) : "";
  const cells = [
    `${FIRST_CELL}\n\ngd.open_project(${folder})`,
    'sim = gd.run("stable_baselines", name="ppo", env="CartPole-v1", num_steps=20_000, seed=0)\nsim',
    "gd.dashboard()",
  ];
  const panel = await app.commands.execute("notebook:create-new", { activate: true });
  const shared = panel?.content?.model?.sharedModel;
  if (!shared) return;
  shared.deleteCellRange(0, shared.cells.length);
  for (const source of cells) shared.addCell({ cell_type: "code", source });
}
