import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Widget } from "@lumino/widgets";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gymdash-jupyter:plugin",
  description: "The sidebar that registers, starts and watches simulations.",
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    const widget = new Widget();
    widget.id = "gymdash-sidebar";
    widget.title.caption = "GymDash";
    widget.title.label = "GymDash";
    widget.addClass("gd-lab-sidebar");
    app.shell.add(widget, "left", { rank: 550 });
  },
};

export default [plugin];
