/** The dashboard: all panels of a project in one place. */

import { Dashboard, type DashboardTraits } from "../shared/dashboard/dashboard";
import dashboardCss from "../shared/dashboard/dashboard.css";
import { definePanel } from "../shared/panel";

export default definePanel<DashboardTraits>({
  name: "dashboard",
  label: "Dashboard",
  canStop: true,
  css: [dashboardCss],
  make: (context) => new Dashboard(context),
});
