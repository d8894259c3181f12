/** What is shown: kind, keys, order; and the button that plays all videos in step. */
import { type Option, Picker } from "../card/picker";
import { h, setAttribute, setText, show } from "../dom";
import { formatCount } from "../format";
import { icon } from "../icons";
import type { Sort } from "./choice";
import type { MediaKind } from "./media_files";
import type { Playing } from "./together";

const KINDS: readonly [MediaKind | "all", string][] = [
  ["all", "All"],
  ["video", "Video"],
  ["image", "Image"],
  ["audio", "Audio"],
  ["text", "Text"],
  ["histogram", "Histogram"],
];

const SORTS: readonly { id: Sort; name: string }[] = [
  { id: "step", name: "step" },
  { id: "name", name: "name" },
  { id: "value", name: "value" },
];

/** No key: those begin with `=`, since a key may be any text. */
const ALL = "all";

interface ToolbarCalls {
  onKind(kind: MediaKind | "all"): void;
  onKeys(keys: string[]): void;
  onSort(sort: Sort): void;
  onPlay(): void;
}

export interface ToolbarState {
  kind: MediaKind | "all";
  counts: Record<MediaKind | "all", number>;
  /** All keys that could be shown, with how many files each has. */
  keys: ReadonlyMap<string, number>;
  onlyKeys: readonly string[];
  sort: Sort;
  canPlay: boolean;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly play = h("button", { class: "gd-btn is-low gd-playall", type: "button" });
  readonly #kinds = new Map<string, HTMLButtonElement>();
  readonly #keys: Picker;
  readonly #sort: Picker;
  #state: ToolbarState | null = null;

  constructor(calls: ToolbarCalls) {
    const kinds = h("span", { class: "gd-seg", role: "radiogroup", label: "Kind of media" });
    for (const [kind, name] of KINDS) {
      const button = h("button", { type: "button", role: "radio", "data-kind": kind }, name);
      button.addEventListener("click", () => calls.onKind(kind));
      this.#kinds.set(kind, button);
      kinds.append(button);
    }
    kinds.addEventListener("keydown", (event) => this.#walk(event));
    this.#keys = new Picker({
      label: "Keys",
      class: "gd-btn is-low gd-pick",
      options: () => this.#keyOptions(),
      chosen: () => "",
      isChosen: (id) => {
        const only = this.#state?.onlyKeys ?? [];
        return id === ALL ? only.length === 0 : only.includes(id.slice(1));
      },
      onPick: (id) => calls.onKeys(this.#keysWith(id)),
    });
    this.#sort = new Picker({
      label: "Sort by",
      class: "gd-btn is-low gd-pick",
      options: () => [...SORTS],
      chosen: () => this.#state?.sort ?? "step",
      onPick: (id) => calls.onSort(id as Sort),
    });
    this.play.addEventListener("click", () => calls.onPlay());
    this.element = h(
      "div",
      { class: "gd-mediatools", role: "toolbar", label: "What is shown" },
      kinds,
      this.#keys.button,
      h("span", { class: "gd-grow" }),
      this.#sort.button,
      this.play,
    );
    this.#sayPlay("play", "Play in step");
  }

  update(state: ToolbarState): void {
    this.#state = state;
    for (const [kind, name] of KINDS) {
      const button = this.#kinds.get(kind);
      if (!button) continue;
      const isOn = kind === state.kind;
      setText(button, `${name} ${formatCount(state.counts[kind])}`);
      setAttribute(button, "aria-checked", String(isOn));
      // Few projects have any, and there is no room to spare.
      if (kind === "histogram") show(button, isOn || state.counts.histogram > 0);
      button.tabIndex = isOn ? 0 : -1;
    }
    const [only, ...others] = state.onlyKeys;
    this.#keys.say(
      only === undefined ? "All keys" : others.length ? `${others.length + 1} keys` : only,
    );
    this.#sort.say(state.sort, "Sort by");
    show(this.play, state.counts.video > 0);
    setAttribute(this.play, "aria-disabled", state.canPlay ? null : "true");
  }

  sayPlaying(state: Playing, [loaded, wanted]: readonly [number, number]): void {
    if (state === "loading") this.#sayPlay("pause", `Loading ${loaded} of ${wanted}`, true);
    else if (state === "playing") this.#sayPlay("pause", "Pause", true);
    else if (state === "paused") this.#sayPlay("play", "Play", true);
    else if (state === "ended") this.#sayPlay("reset", "Play again", true);
    else this.#sayPlay("play", "Play in step");
  }

  #sayPlay(name: "play" | "pause" | "reset", words: string, isOn = false): void {
    if (this.play.dataset.says !== name + words) {
      this.play.dataset.says = name + words;
      this.play.replaceChildren(icon(name), h("span", { text: words }));
    }
    setAttribute(this.play, "aria-pressed", String(isOn));
  }

  #keyOptions(): Option[] {
    const { keys, onlyKeys } = this.#state ?? { keys: new Map<string, number>(), onlyKeys: [] };
    const all = new Set([...keys.keys(), ...onlyKeys]);
    const options = [...all].map((key) => ({
      id: `=${key}`,
      name: key,
      value: formatCount(keys.get(key) ?? 0),
    }));
    return [{ id: ALL, name: "All keys" }, ...options];
  }

  #keysWith(id: string): string[] {
    if (id === ALL) return [];
    const only = this.#state?.onlyKeys ?? [];
    const key = id.slice(1);
    return only.includes(key) ? only.filter((each) => each !== key) : [...only, key];
  }

  #walk(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [...this.#kinds.values()].filter((button) => !button.hidden);
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next = all[(at + by + all.length) % all.length];
    next?.focus();
    next?.click();
  }
}
