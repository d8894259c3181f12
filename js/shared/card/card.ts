/** A card: it puts its parts together, tells the kernel what it shows and takes what comes. */
import { BusyNote } from "../busy_note";
import { h, setText, show } from "../dom";
import { formatClock } from "../format";
import { MediaFiles, type MediaItem } from "../media/media_files";
import { Channel, type Message } from "../messages";
import { Actions } from "./actions";
import { Calls } from "./calls";
import { Header } from "./header";
import { KernelClock } from "./kernel_clock";
import { Legend } from "./legend";
import { MediaStrip } from "./media_strip";
import type { CardModel } from "./model";
import { ErrorNote, ProblemNote } from "./notes";
import { Output } from "./output";
import { Presence } from "./presence";
import { RequestNotes } from "./requests";
import { SeriesPanel } from "./series_panel";
import { groupAsOne, type Simulation } from "./simulation";
import { StatusLine } from "./status_line";

const NO_SERIES_YET = "No series yet. They appear with the first value that is recorded.";

export class Card {
  readonly element: HTMLElement;
  readonly #model: CardModel;
  readonly #signal: AbortSignal;
  readonly #channel: Channel;
  readonly #presence: Presence;
  readonly #header: Header;
  readonly #problem = new ProblemNote();
  readonly #trouble = new ProblemNote();
  readonly #busy: BusyNote;
  readonly #error: ErrorNote;
  readonly #requests: RequestNotes;
  readonly #actions: Actions;
  readonly #series: SeriesPanel;
  readonly #strip: MediaStrip;
  readonly #statusLine: StatusLine;
  readonly #legend: Legend;
  readonly #output: Output;
  readonly #empty = h("p", { class: "gd-empty gd-muted" });
  readonly #clock = new KernelClock();
  #media: MediaItem[] = [];

  constructor(model: CardModel, signal: AbortSignal) {
    this.#model = model;
    this.#signal = signal;
    this.#busy = new BusyNote(model, () => {
      const commandLine = model.get("can_stop") ? (model.get("command_line") ?? "") : "";
      return { commandLine, ids: this.#sims().flatMap((sim) => (sim.is_active ? [sim.id] : [])) };
    });
    const onUnheard = (isUnheard: boolean) => this.#busy.update(isUnheard);
    this.#channel = new Channel(model, { onUnheard, signal });
    const calls = new Calls(this.#channel, (trouble) => this.#trouble.update(trouble));
    const stop = (ids: string[], isForced: boolean) =>
      calls.stop(ids, isForced).finally(() => setTimeout(() => this.#updateTimes(), 50));
    this.#actions = new Actions(calls, signal);
    this.#header = new Header(stop, this.#actions.buttons, this.#actions.menu.button);
    this.#error = new ErrorNote(calls.trace);
    this.#requests = new RequestNotes(calls);
    this.#series = new SeriesPanel(
      {
        onShown: () => this.#presence.say(),
        onLines: () => this.#updateLegend(),
        onMark: (number) => void this.#strip.choose(number),
      },
      signal,
    );
    const choose = (number: number | null) => this.#series.choose(number);
    this.#strip = new MediaStrip(new MediaFiles(this.#channel, signal), choose, signal);
    this.#statusLine = new StatusLine(calls.statuses, calls.trace);
    this.#legend = new Legend({
      stop,
      onLift: (id) => this.#series.lift(id),
      onToggle: (id, isAlone) => this.#series.toggle(id, isAlone),
    });
    this.#output = new Output(() => this.#presence?.say(), signal);
    this.element = h(
      "article",
      { class: "gd gd-card gymdash-live-card" },
      this.#header.element,
      this.#problem.element,
      this.#trouble.element,
      this.#busy.element,
      this.#actions.element,
      this.#requests.element,
      this.#error.element,
      this.#empty,
      this.#series.element,
      this.#strip.element,
      this.#legend.element,
      this.#statusLine.element,
      this.#output.element,
    );
    this.#presence = new Presence(this.#channel, this.element, {
      shown: () => ({ ...this.#series.shown, output: this.#output.shown }),
      onSeen: () => this.#clock.hear(), // it could not be heard while nobody looked
    });
  }

  /** Listen to the model and tell the kernel; call it when the element is on the page. */
  start(): void {
    this.#listen();
    this.#update();
    const seconds = setInterval(() => this.#updateTimes(), 1000);
    this.#signal.addEventListener("abort", () => clearInterval(seconds));
    this.#presence.start(this.#signal);
  }

  #listen(): void {
    // biome-ignore lint/suspicious/noExplicitAny: each event has its own arguments
    const listeners: [string, (...args: any[]) => void][] = [
      ["msg:custom", (message: unknown, buffers: DataView[]) => this.#receive(message, buffers)],
      ["change:simulations", () => this.#onNews()],
      ["change:series_keys", () => this.#onNews()],
      ["change:with_output", () => this.#onNews()],
      ["change:problem", () => this.#onNews()],
    ];
    for (const [name, callback] of listeners) this.#model.on(name, callback);
    this.#signal.addEventListener("abort", () => {
      for (const [name, callback] of listeners) this.#model.off(name, callback);
    });
  }

  // What the kernel says

  #onNews(): void {
    this.#clock.hear(this.#model.get("clock"));
    this.#update();
  }

  #receive(content: unknown, buffers: DataView[]): void {
    this.#clock.hear();
    const message = this.#channel.receive(content, buffers);
    if (!message) return;
    if (message.kind === "series") this.#series.takeSeries(message, buffers);
    else if (message.kind === "values") this.#series.takeValues(message, buffers);
    else if (message.kind === "media") this.#takeMedia(message);
    else if (message.kind === "output") this.#output.take(message.sim_id, message.text);
    else if (message.kind === "beat") this.#clock.hear(Number(message.clock));
  }

  #takeMedia(message: Message): void {
    const known = message.is_new ? [] : this.#media;
    this.#media = [...known, ...(message.items as MediaItem[])];
    const names = new Map(this.#sims().map((sim) => [sim.id, sim.name]));
    this.#strip.update(this.#media, (id) => (this.#isGroup() ? (names.get(id) ?? "") : ""));
    this.#series.setMedia(this.#media);
  }

  // What is shown

  #sims(): Simulation[] {
    return this.#model.get("simulations") ?? [];
  }

  #keys(): string[] {
    return this.#model.get("series_keys") ?? [];
  }

  #isGroup(): boolean {
    return this.#model.get("is_group");
  }

  #update(): void {
    const sims = this.#sims();
    const keys = this.#keys();
    const isGroup = this.#isGroup();
    const first = sims[0];
    if (!first) return;
    const name = isGroup ? `Group, ${sims.length} simulations` : `Simulation ${first.name}`;
    this.element.setAttribute("aria-label", name);
    const isAnyActive = sims.some((sim) => sim.is_active);
    show(this.#empty, keys.length === 0);
    setText(this.#empty, isAnyActive ? NO_SERIES_YET : "No series were recorded.");
    show(this.#legend.element, isGroup);
    show(this.#statusLine.element, !isGroup);
    this.#requests.update(sims, isGroup, this.#model.get("can_reply"));
    show(this.#actions.menu.button, !isGroup);
    if (!isGroup) {
      this.#actions.update(first, this.#model.get("can_ask"));
      this.#error.update(first);
      this.#statusLine.update(first);
    }
    this.#output.update(sims, this.#model.get("with_output") ?? [], isGroup);
    const isBroken = !isGroup && (first.state === "failed" || first.state === "lost");
    this.#output.placeAfter((isBroken ? this.#error : this.#statusLine).element);
    this.#series.update(sims, keys, isGroup);
    this.#problem.update(this.#model.get("problem"));
    this.#presence.say();
    this.#updateTimes();
  }

  /** What changes by itself as time goes. */
  #updateTimes(): void {
    const sims = this.#sims();
    const first = sims[0];
    if (!first) return;
    const isGroup = this.#isGroup();
    const whole = isGroup ? groupAsOne(sims, this.#model.get("title")) : first;
    const isStale = this.#presence.isSeen && whole.is_active && this.#clock.isSilent;
    this.element.classList.toggle("is-stale", isStale);
    this.#header.update({
      sims,
      whole,
      isGroup,
      canStop: this.#model.get("can_stop"),
      now: this.#clock.now,
      stale: isStale ? `as of ${formatClock(this.#clock.heard)}` : "",
    });
    this.#updateLegend();
  }

  #updateLegend(): void {
    if (!this.#isGroup()) return;
    this.#legend.update({
      sims: this.#sims(),
      hidden: this.#series.hidden,
      last: this.#series.lastValues,
      canStop: this.#model.get("can_stop"),
      now: this.#clock.now,
    });
  }
}
