/** Two icons that only the frame around the panels needs, of the same family as shared/icons.ts. */
const SHAPES = {
  folder: '<path d="M2.5 12V4.2h3.8l1.4 1.6h5.8V12z"/>',
  expand: '<path d="M9.5 3H13v3.5M6.5 13H3V9.5M13 3 9.2 6.8M3 13l3.8-3.8"/>',
} as const;

export function shellIcon(name: keyof typeof SHAPES, className = ""): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", ["gd-i", className].filter(Boolean).join(" "));
  svg.innerHTML = SHAPES[name]; // our own shapes, never data
  return svg;
}
