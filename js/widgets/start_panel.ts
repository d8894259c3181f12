/** The start panel: a form for a simulation type, many values at once, presets, and the same as Python. */
import { definePanel } from "../shared/panel";
import presetsCss from "../shared/presets/presets.css";
import { look } from "../shared/start/look";
import type { StartTraits } from "../shared/start/model";
import { StartPart } from "../shared/start/start";

export default definePanel<StartTraits>({
  name: "start",
  label: "Start simulations",
  css: [presetsCss, ...look],
  make: (context) => new StartPart(context),
});
