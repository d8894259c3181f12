/** The panel of what was said: statuses, calls, and the output of one simulation. */
import { definePanel } from "../shared/panel";
import { Status, type StatusTraits } from "../shared/status/status";
import statusCss from "../shared/status/status.css";
import whoseCss from "../shared/system/whose.css";

export default definePanel<StatusTraits>({
  name: "status",
  label: "Status",
  css: [whoseCss, statusCss],
  make: (context) => new Status(context),
});
