/** The registry panel: which simulation types there are, and classes of the notebook to register. */
import { definePanel } from "../shared/panel";
import type { TypesTraits } from "../shared/start/model";
import { RegistryPart } from "../shared/start/registry";
import startCss from "../shared/start/start.css";

export default definePanel<TypesTraits>({
  name: "registry",
  label: "Simulation types",
  css: [startCss],
  make: (context) => new RegistryPart(context),
});
