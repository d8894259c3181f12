/** The sidebar: a project in a narrow column. */
import { definePanel } from "../shared/panel";
import { Sidebar, type SidebarTraits } from "../shared/sidebar/sidebar";
import sidebarCss from "../shared/sidebar/sidebar.css";

export default definePanel<SidebarTraits>({
  name: "sidebar",
  label: "GymDash",
  css: [sidebarCss],
  make: (context) => new Sidebar(context),
});
