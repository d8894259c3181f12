/** The media panel: what simulations recorded, side by side at a step, videos played in step. */
import mediaCss from "../shared/media/media.css";
import { MediaPart } from "../shared/media/media_part";
import type { MediaTraits } from "../shared/media/model";
import { definePanel } from "../shared/panel";

export default definePanel<MediaTraits>({
  name: "media",
  label: "Media",
  css: [mediaCss],
  make: (context) => new MediaPart(context),
});
