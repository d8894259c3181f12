/** The look of the start panel and of the registry panel, in the order in which its parts take each other back. */
import combo from "../form/combo.css";
import fieldRows from "./field_rows.css";
import foot from "./foot.css";
import frame from "./frame.css";
import registry from "./registry.css";
import typeList from "./type_list.css";
import widths from "./widths.css";

export const look = [frame, typeList, fieldRows, combo, foot, registry, widths];
