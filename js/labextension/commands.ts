/** GymDash's commands, for the palette, the menu, the launcher and keys. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type ICommandPalette, InputDialog, Notification } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import { UUID } from "@lumino/coreutils";
import { CommandIds } from "./command_ids";
import type { DashboardTabs } from "./dashboard_tab";
import { gymdashIcon } from "./lab_icon";
import type { SidebarModel } from "./model";
import type { ServerPlace } from "./server_place";

interface Context {
  readonly app: JupyterFrontEnd;
  readonly model: SidebarModel;
  readonly tabs: DashboardTabs;
  readonly server: ServerPlace;
  readonly notebooks: INotebookTracker | null;
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
  const closable = () => model.own ?? (model.shown?.kind === "own" ? model.shown : null);
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
    label: () => `Close ${closable()?.state?.place || "Project"}`,
    caption: "End the kernel that shows the project; its simulations go on",
    isEnabled: () => closable() !== null || model.failure !== null,
    execute: async () => {
      const place = closable()?.state?.place;
      await model.close((project) => tabs.has(project));
      if (!place) return;
      const words = `${place} is closed. Simulations that run in processes of their own go on.`;
      Notification.info(words, { autoClose: 4000 });
    },
  });
}

function addViewCommands(context: Context): void {
  const { app, model, tabs, showSidebar } = context;
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
    execute: () => newNotebook(context),
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

/** Write a notebook whose cells nobody has run yet, beside the active one, and open it. */
async function newNotebook({ app, model, notebooks }: Context): Promise<void> {
  const { contents, kernelspecs } = app.serviceManager;
  const { project } = model.state ?? {};
  const folder = project ? JSON.stringify(project) : "";
  const sources = [
    `import gymdash_jupyter as gd\n\ngd.open_project(${folder})`,
    'sim = gd.run("stable_baselines", name="ppo", env="CartPole-v1", num_steps=20_000, seed=0)\nsim',
    "gd.dashboard()",
  ];
  const name = kernelspecs.specs?.default;
  const display_name = (name && kernelspecs.specs?.kernelspecs[name]?.display_name) || "Python 3";
  const beside = notebooks?.currentWidget?.context.path ?? "";
  const made = await contents.newUntitled({ type: "notebook", path: PathExt.dirname(beside) });
  await contents.save(made.path, {
    type: "notebook",
    format: "json",
    content: {
      cells: sources.map((source) => ({
        ...{ cell_type: "code", id: UUID.uuid4(), metadata: {}, source },
        ...{ execution_count: null, outputs: [] },
      })),
      metadata: name ? { kernelspec: { name, display_name } } : {},
      ...{ nbformat: 4, nbformat_minor: 5 },
    },
  });
  await app.commands.execute("docmanager:open", { path: made.path, factory: "Notebook" });
}
