/** The look that all panels and the live card share, as one style sheet. */
import actions from "../card/actions.css";
import card from "../card/card.css";
import chartTools from "../card/chart_tools.css";
import header from "../card/header.css";
import keyTabs from "../card/key_tabs.css";
import legend from "../card/legend.css";
import mediaStrip from "../card/media_strip.css";
import narrow from "../card/narrow.css";
import output from "../card/output.css";
import statusLine from "../card/status_line.css";
import buttons from "./buttons.css";
import charts from "./charts.css";
import fields from "./fields.css";
import forms from "./forms.css";
import icons from "./icons.css";
import menus from "./menus.css";
import notes from "./notes.css";
import rows from "./rows.css";
import theme from "./theme.css";
import words from "./words.css";

/** In the order in which they take each other back: what all share, then the card, its narrow forms last. */
export const look = [
  theme,
  words,
  icons,
  buttons,
  fields,
  rows,
  menus,
  notes,
  forms,
  charts,
  card,
  header,
  keyTabs,
  chartTools,
  mediaStrip,
  legend,
  output,
  statusLine,
  actions,
  narrow,
].join("\n");
