/** The list of a project's simulations. */
import { definePanel } from "../shared/panel";
import type { SimulationsTraits } from "../shared/simulations/model";
import { SimulationsView } from "../shared/simulations/panel";
import css from "../shared/simulations/simulations.css";

export default definePanel<SimulationsTraits>({
  name: "simulations",
  label: "Simulations",
  canStop: true,
  css: [css],
  make: (context) => new SimulationsView(context),
});
