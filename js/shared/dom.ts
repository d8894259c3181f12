/** Make and change elements. Data goes in as text and attributes, never as HTML. */

type Child = Node | string | null | undefined | false;

export interface Properties {
  class?: string;
  text?: string;
  title?: string;
  role?: string;
  label?: string;
  [attribute: string]: string | number | boolean | undefined;
}

/** Make an element: `h("button", { class: "gd-btn", label: "Stop" }, icon, "Stop")`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === "text") element.textContent = String(value);
    else if (name === "label") element.setAttribute("aria-label", String(value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** Set the text of an element, touching the page only when it changes. */
export function setText(element: HTMLElement, text: string, title?: string): void {
  if (element.textContent !== text) element.textContent = text;
  if (title !== undefined) setAttribute(element, "title", title);
}

/** Set or, with null, remove an attribute, touching the page only when it changes. */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Show or hide an element. */
export function show(element: HTMLElement, isShown: boolean): void {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** Say what must hold, where the types cannot. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(why);
}

/** Put the style sheet on the page once. */
export function useStyles(id: string, css: string): void {
  const known = document.getElementById(id);
  if (known) {
    if (known.textContent !== css) known.textContent = css;
    return;
  }
  document.head.append(h("style", { id, text: css }));
}
