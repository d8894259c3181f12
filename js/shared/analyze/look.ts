/** The look of the analyze panel, in the order in which its parts take each other back. */
import focusCharts from "./focus_charts.css";
import keyGroups from "./key_groups.css";
import legendTable from "./legend_table.css";
import menus from "./menus.css";
import settings from "./settings.css";
import widths from "./widths.css";

export const look = [settings, focusCharts, legendTable, menus, keyGroups, widths];
