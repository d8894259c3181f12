/** Series of the chosen simulations: overview and detail, a chart a key, groups of seeds. */
import analyzeCss from "../shared/analyze/analyze.css";
import { AnalyzePanel } from "../shared/analyze/analyze_panel";
import type { AnalyzeTraits } from "../shared/analyze/model";
import { definePanel } from "../shared/panel";

export default definePanel<AnalyzeTraits>({
  name: "analyze",
  label: "Analyze",
  css: [analyzeCss],
  make: (context) => new AnalyzePanel(context),
});
