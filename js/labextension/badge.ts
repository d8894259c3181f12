/** The number of open control requests on the icon in the side bar. */
import type { Title, Widget } from "@lumino/widgets";
import { plural } from "../shared/format";

/** What the icon says, also to who cannot see it. */
export function caption(requests: number): string {
  return requests > 0
    ? `GymDash, ${plural(requests, "control request", "control requests")}`
    : "GymDash";
}

/** Write the number on the tab; the style sheet draws it. */
export function setBadge(title: Title<Widget>, requests: number): void {
  const text = caption(requests);
  if (title.caption === text) return;
  title.caption = text;
  const { "gymdash-requests": _, ...others } = title.dataset;
  title.dataset =
    requests > 0
      ? { ...others, "gymdash-requests": requests > 99 ? "99+" : String(requests) }
      : others;
}
