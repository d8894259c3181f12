/** The list of a project's simulations. */
import { definePanel } from "../shared/panel";
import { look } from "../shared/simulations/look";
import type { SimulationsTraits } from "../shared/simulations/model";
import { SimulationsView } from "../shared/simulations/panel";

export default definePanel<SimulationsTraits>({
  name: "simulations",
  label: "Simulations",
  canStop: true,
  css: look,
  make: (context) => new SimulationsView(context),
});
