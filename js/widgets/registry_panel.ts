/** The registry panel: which simulation types there are, and classes of the notebook to register. */
import { definePanel } from "../shared/panel";
import { look } from "../shared/start/look";
import type { TypesTraits } from "../shared/start/model";
import { RegistryPart } from "../shared/start/registry";

export default definePanel<TypesTraits>({
  name: "registry",
  label: "Simulation types",
  css: look,
  make: (context) => new RegistryPart(context),
});
