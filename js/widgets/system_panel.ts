/** The panel of the machine: CPU, memory, GPUs, processes, disk. */
import { definePanel } from "../shared/panel";
import { System, type SystemTraits } from "../shared/system/system";
import systemCss from "../shared/system/system.css";
import whoseCss from "../shared/system/whose.css";

export default definePanel<SystemTraits>({
  name: "system",
  label: "System",
  css: [whoseCss, systemCss],
  make: (context) => new System(context),
});
