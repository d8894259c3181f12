/** The control panel: what simulations ask, what they are asked, and what they offer to do. */
import controlCss from "../shared/control/control.css";
import { ControlPart } from "../shared/control/control_part";
import type { ControlTraits } from "../shared/control/model";
import { definePanel } from "../shared/panel";
import presetsCss from "../shared/presets/presets.css";

export default definePanel<ControlTraits>({
  name: "control",
  label: "Control",
  canStop: true,
  css: [presetsCss, controlCss],
  make: (context) => new ControlPart(context),
});
