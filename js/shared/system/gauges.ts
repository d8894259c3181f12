/** CPU, memory, GPUs and disk: one line each, with a bar, a value, some words and the last five minutes. */
import { h, setAttribute, setText, show } from "../dom";
import { formatBytes, formatPercent, formatValue, plural } from "../format";
import type { GpuFacts, UsageFacts } from "./facts";
import { type History, ShareLine } from "./history";

const MOST_CORES = 128;
/** Columns of the history: the clock, all cores, memory, then each GPU. */
const CPU = 1;
const RAM = 2;
const FIRST_GPU = 3;

class Gauge {
  readonly element: HTMLElement;
  readonly words = h("span", { class: "gd-gaugewords gd-muted gd-clip" });
  readonly end: HTMLElement;
  readonly line = new ShareLine();
  readonly #label: HTMLElement;
  readonly #meter = h("span", { class: "gd-meter", role: "meter", "aria-valuenow": 0 });
  readonly #value = h("span", { class: "gd-num gd-gaugevalue" });

  constructor(label: string) {
    this.#label = h("span", { class: "gd-gaugelabel", text: label });
    this.end = h("span", { class: "gd-gaugeend gd-muted gd-num" });
    this.end.append(this.line.element);
    setAttribute(this.#meter, "aria-label", label);
    setAttribute(this.#meter, "aria-valuemin", "0");
    setAttribute(this.#meter, "aria-valuemax", "100");
    this.element = h(
      "div",
      { class: "gd-gauge" },
      this.#label,
      this.#meter,
      this.#value,
      this.words,
      this.end,
    );
  }

  name(label: string): void {
    setText(this.#label, label);
    setAttribute(this.#meter, "aria-label", label);
  }

  set(share: number | null, value: string, words: string): void {
    const percent = share === null ? 0 : Math.round(share * 1000) / 10;
    this.#meter.style.setProperty("--p", `${percent}%`);
    setAttribute(this.#meter, "aria-valuenow", String(percent));
    setAttribute(this.#meter, "aria-valuetext", `${value}, ${words}`);
    setText(this.#value, value);
    if (this.words.textContent !== words && words) setText(this.words, words, words);
    setAttribute(this.element, "title", words);
  }
}

/** How busy each core is: a row of small bars. */
class Cores {
  readonly element = h("span", { class: "gd-cores", role: "img", label: "Cores" });
  #bars: HTMLElement[] = [];

  update(cores: readonly number[]): void {
    const shown = cores.slice(0, MOST_CORES);
    if (shown.length !== this.#bars.length) {
      this.#bars = shown.map(() => h("i"));
      this.element.replaceChildren(...this.#bars);
      this.element.classList.toggle("is-many", shown.length > 16);
    }
    shown.forEach((core, i) => {
      this.#bars[i]?.style.setProperty("--p", `${Math.round(core * 100)}%`);
    });
    const busy = cores.map((core, i) => `core ${i} ${formatPercent(core)}`).join(", ");
    setAttribute(this.element, "aria-label", `Busy: ${busy}`);
    setAttribute(this.element, "title", busy);
  }
}

export class Gauges {
  readonly element = h("div", { class: "gd-gauges" });
  readonly #cpu = new Gauge("CPU");
  readonly #ram = new Gauge("RAM");
  readonly #disk = new Gauge("Disk");
  readonly #free = h("span");
  readonly #cores = new Cores();
  readonly #cpuWords = h("span", { class: "gd-clip" });
  readonly #note = h("p", { class: "gd-gaugenote gd-small gd-muted", hidden: true });
  #gpus: Gauge[] = [];

  constructor() {
    this.#cpu.words.append(this.#cores.element, this.#cpuWords);
    this.#disk.end.replaceChildren(this.#free);
    this.#order();
  }

  update(facts: UsageFacts, history: History): void {
    const { cores, load, memory, disk } = facts;
    this.#cpu.set(facts.cpu, formatPercent(facts.cpu), "");
    this.#cores.update(cores);
    const loadWords = load === null ? "" : `, load ${formatValue(Math.round(load * 100) / 100)}`;
    setText(this.#cpuWords, `${plural(cores.length, "core", "cores")}${loadWords}`);
    this.#cpu.line.draw(history.path(CPU));
    const share = memory.total ? memory.used / memory.total : 0;
    const whose = memory.is_container ? ", the limit of this container" : "";
    const words = `${formatPercent(share)} of ${formatBytes(memory.total)}${whose}`;
    this.#ram.set(share, formatBytes(memory.used), words);
    this.#ram.line.draw(history.path(RAM));
    const of = `of ${formatBytes(disk.total)}, the disk of this project`;
    this.#disk.set(disk.fraction, formatPercent(disk.fraction), of);
    setAttribute(this.#disk.element, "title", disk.path);
    setText(this.#free, `${formatBytes(disk.free)} free`);
    this.#updateGpus(facts, history);
  }

  #updateGpus({ gpus, gpu_note: note }: UsageFacts, history: History): void {
    if (gpus.length !== this.#gpus.length) {
      this.#gpus = gpus.map((_, i) => new Gauge(gpus.length > 1 ? `GPU ${i}` : "GPU"));
      this.#order();
    }
    gpus.forEach((gpu, i) => {
      const gauge = this.#gpus[i];
      gauge?.set(gpu.busy, gpu.busy === null ? "?" : formatPercent(gpu.busy), gpuWords(gpu));
      gauge?.line.draw(history.path(FIRST_GPU + i));
    });
    setText(this.#note, note);
    show(this.#note, note !== "");
  }

  #order(): void {
    const gauges = [this.#cpu, this.#ram, ...this.#gpus, this.#disk];
    this.element.replaceChildren(...gauges.map((gauge) => gauge.element), this.#note);
  }
}

function gpuWords({ name, used, total, temperature }: GpuFacts): string {
  const parts = [name];
  if (used !== null && total !== null) {
    parts.push(`${formatBytes(used)} of ${formatBytes(total)}`);
  }
  if (temperature !== null) parts.push(`${temperature} °C`);
  return parts.join(", ");
}
