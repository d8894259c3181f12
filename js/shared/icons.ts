/** One family of icons: 16 px grid, 1.5 px line, round ends, currentColor. */

const SHAPES = {
  stop: '<rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" stroke="none"/>',
  right: '<path d="m6.5 4.5 3.5 3.5-3.5 3.5"/>',
  down: '<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>',
  x: '<path d="m4.5 4.5 7 7M11.5 4.5l-7 7"/>',
  more: '<g fill="currentColor" stroke="none"><circle cx="3.5" cy="8" r="1.2"/><circle cx="8" cy="8" r="1.2"/><circle cx="12.5" cy="8" r="1.2"/></g>',
  play: '<path d="M5 3.5v9l7-4.5z"/>',
  pause: '<path d="M5.5 4v8M10.5 4v8"/>',
  left: '<path d="m9.5 4.5-3.5 3.5 3.5 3.5"/>',
  video:
    '<rect x="1.8" y="4" width="8.7" height="8" rx="1.2"/><path d="m10.5 7.2 3.7-2v5.6l-3.7-2"/>',
  gauge: '<path d="M3.4 12a6 6 0 1 1 9.2 0M8 9.2l2.6-3"/>',
  sliders:
    '<path d="M2 5h6.5M12 5h2M2 11h2M7.5 11H14"/><circle cx="10.2" cy="5" r="1.7"/><circle cx="5.8" cy="11" r="1.7"/>',
  save: '<path d="M8 2.5v7.2M5 7l3 3 3-3M2.8 11v2.5h10.4V11"/>',
  ask: '<path d="M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z"/>',
  check: '<path d="m3.8 8.4 2.9 2.9 5.5-6.2"/>',
  copy: '<rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.2"/><path d="M10.5 3.2H4.2a1 1 0 0 0-1 1v6.3"/>',
  reset: '<path d="M3.5 8a4.6 4.6 0 1 0 1.6-3.5"/><path d="M3.2 2.8v2.9h2.9"/>',
  list: '<path d="M5.5 4H14M5.5 8H14M5.5 12H14M2.3 4h.2M2.3 8h.2M2.3 12h.2"/>',
  plus: '<path d="M8 3.5v9M3.5 8h9"/>',
  search: '<circle cx="7" cy="7" r="4"/><path d="m10 10 3 3"/>',
  sort: '<path d="M5 3.5v9M5 12.5l-2-2M5 12.5l2-2M9 4.5h5M9 8h3.6M9 11.5h2"/>',
  tag: '<path d="M2.8 3h4.6l5.8 5.8-4.4 4.4L2.8 7.4z"/><circle cx="5.4" cy="5.6" r=".7" fill="currentColor"/>',
  eye: '<path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z"/><circle cx="8" cy="8" r="1.8"/>',
  bell: '<path d="M3.5 11.5h9L11.3 9.8V7a3.3 3.3 0 0 0-6.6 0v2.8zM6.8 13.5h2.4"/>',
  first: '<path d="M3.5 3.2h9M8 13V6.2M5 9l3-3 3 3"/>',
  download: '<path d="M8 3v6.5M5.2 7 8 9.8 10.8 7M3 12.5h10"/>',
  code: '<path d="M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5"/>',
  warn: '<path d="M8 2.8 14 13H2z"/><path d="M8 6.6v3M8 11.2v.1"/>',
  info: '<circle cx="8" cy="8" r="5.5"/><path d="M8 7.5V11M8 5.2v.1"/>',
  "state-created": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.1 2.1"/>',
  "state-queued": '<circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.2 1.6"/>',
  "state-setting_up":
    '<circle cx="8" cy="8" r="6" opacity=".3"/><path d="M8 2a6 6 0 0 1 6 6" class="gd-turn"/>',
  "state-running":
    '<circle cx="8" cy="8" r="6"/><path class="gd-wedge" fill="currentColor" stroke="none"/>',
  "state-paused": '<circle cx="8" cy="8" r="6"/><path d="M6.4 5.8v4.4M9.6 5.8v4.4"/>',
  "state-succeeded":
    '<circle cx="8" cy="8" r="6.75" fill="currentColor" stroke="none"/><path class="gd-cut" d="m5 8.2 2.1 2.1 3.9-4.4"/>',
  "state-failed":
    '<path d="M5.2 1.3h5.6l3.9 3.9v5.6l-3.9 3.9H5.2l-3.9-3.9V5.2z" fill="currentColor" stroke="none"/><path class="gd-cut" d="m5.6 5.6 4.8 4.8M10.4 5.6l-4.8 4.8"/>',
  "state-cancelled":
    '<circle cx="8" cy="8" r="6"/><rect x="5.8" y="5.8" width="4.4" height="4.4" rx=".6" fill="currentColor" stroke="none"/>',
  "state-lost":
    '<circle cx="8" cy="8" r="6" stroke-dasharray="2.6 2.1"/><path d="M6.4 6.4a1.7 1.7 0 1 1 2.4 1.6c-.5.3-.8.6-.8 1.2M8 11.2v.1"/>',
  "state-deleted":
    '<circle cx="8" cy="8" r="6" stroke-dasharray="2.1 2.1"/><path d="M5 11 11 5"/>',
} as const;

export type IconName = keyof typeof SHAPES;

/** Make an icon; a colour is a class such as `is-muted`. */
export function icon(name: IconName, className = ""): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const state = name.startsWith("state-") ? `is-${name.slice("state-".length)}` : "";
  svg.setAttribute("class", ["gd-i", state, className].filter(Boolean).join(" "));
  svg.innerHTML = SHAPES[name]; // our own shapes, never data
  return svg;
}

/** The wedge inside the ring of a running simulation, for a progress from 0 to 1. */
export function wedgePath(fraction: number): string {
  const angle = 2 * Math.PI * Math.min(Math.max(fraction, 0), 0.999);
  const r = 3.7;
  const x = (8 + r * Math.sin(angle)).toFixed(2);
  const y = (8 - r * Math.cos(angle)).toFixed(2);
  return `M8 8V${8 - r}A${r} ${r} 0 ${angle > Math.PI ? 1 : 0} 1 ${x} ${y}z`;
}
