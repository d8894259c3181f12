/** Tell whether somebody can see an element: on the page, near the visible part, in the tab in front. */

const NEAR = "200px";
const PATIENCE_MS = 400;

/** Calls back at once and whenever it changes; being gone only counts after a moment, as when scrolling past. */
export function watchVisibility(
  element: HTMLElement,
  onChange: (isSeen: boolean) => void,
  signal: AbortSignal,
): void {
  let isNear = typeof IntersectionObserver === "undefined";
  let told: boolean | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = () => {
    const isSeen = isNear && document.visibilityState !== "hidden";
    if (isSeen !== told) {
      told = isSeen;
      onChange(isSeen);
    }
  };
  const consider = () => {
    clearTimeout(timer);
    if (isNear && document.visibilityState !== "hidden") tell();
    else timer = setTimeout(tell, PATIENCE_MS);
  };

  if (!isNear) {
    const observer = new IntersectionObserver(
      (entries) => {
        isNear = entries.at(-1)?.isIntersecting ?? false;
        consider();
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    signal.addEventListener("abort", () => observer.disconnect());
  } else {
    consider();
  }
  document.addEventListener("visibilitychange", consider, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
