/** Series of the chosen simulations: overview and detail, a chart a key, groups of seeds. */
import { AnalyzePanel } from "../shared/analyze/analyze_panel";
import { look } from "../shared/analyze/look";
import type { AnalyzeTraits } from "../shared/analyze/model";
import { definePanel } from "../shared/panel";

export default definePanel<AnalyzeTraits>({
  name: "analyze",
  label: "Analyze",
  css: look,
  make: (context) => new AnalyzePanel(context),
});
