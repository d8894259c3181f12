/** The look of the list of simulations, in the order in which its parts take each other back. */
import details from "./details.css";
import emptiness from "./emptiness.css";
import forms from "./forms.css";
import frame from "./frame.css";
import head from "./head.css";
import list from "./list.css";
import menus from "./menus.css";
import row from "./row.css";
import selectionBar from "./selection_bar.css";
import widths from "./widths.css";

export const look = [
  frame,
  head,
  selectionBar,
  list,
  row,
  widths,
  forms,
  details,
  emptiness,
  menus,
];
