/** The live card: the panel of one simulation, or of a group of simulations. */
import type { AnyModel } from "@anywidget/types";
import { Card } from "../shared/card/card";
import type { CardTraits } from "../shared/card/model";
import { useStyles } from "../shared/dom";
import { look } from "../shared/look/look";

function initialize(): void {
  useStyles("gymdash-styles", look);
}

/** Show the card in an element until it is taken away. */
function render({ model, el }: { model: AnyModel<CardTraits>; el: HTMLElement }): () => void {
  useStyles("gymdash-styles", look);
  const life = new AbortController();
  const card = new Card(model, life.signal);
  el.append(card.element);
  card.start();
  return () => {
    life.abort();
    card.element.remove();
  };
}

export default { initialize, render };
