/** What a person has set for GymDash in JupyterLab, and what holds until it is read. */
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { type ISignal, Signal } from "@lumino/signaling";

export interface Values {
  /** A folder, absolute or seen from the server's root. */
  readonly project: string;
  readonly refreshSeconds: number;
  readonly isFollowing: boolean;
  /** Name of the kernel that shows projects; "" for the server's default. */
  readonly kernel: string;
}

const DEFAULTS: Values = {
  project: ".gymdash-projects",
  refreshSeconds: 0.1,
  isFollowing: true,
  kernel: "",
};

/** Read what the registry holds, with the default where something is missing or wrong. */
export function readValues(composite: Readonly<Record<string, unknown>>): Values {
  const { project, refreshSeconds, followNotebook, kernel } = composite;
  return {
    project: typeof project === "string" && project.trim() ? project.trim() : DEFAULTS.project,
    refreshSeconds:
      typeof refreshSeconds === "number"
        ? Math.min(Math.max(refreshSeconds, 0.1), 5)
        : DEFAULTS.refreshSeconds,
    isFollowing: typeof followNotebook === "boolean" ? followNotebook : DEFAULTS.isFollowing,
    kernel: typeof kernel === "string" ? kernel.trim() : DEFAULTS.kernel,
  };
}

export class Settings {
  readonly #changed = new Signal<Settings, void>(this);
  #values = DEFAULTS;
  #registered: ISettingRegistry.ISettings | null = null;

  get changed(): ISignal<Settings, void> {
    return this.#changed;
  }

  get values(): Values {
    return this.#values;
  }

  /** Take what is set now and each change; without a registry the defaults hold. */
  async load(registry: ISettingRegistry | null, id: string): Promise<void> {
    const registered = await registry?.load(id);
    if (!registered) return;
    this.#registered = registered;
    registered.changed.connect(() => this.#read(registered));
    this.#read(registered);
  }

  /** Follow the active notebook or not, from now on. */
  async follow(isFollowing: boolean): Promise<void> {
    this.#values = { ...this.#values, isFollowing };
    this.#changed.emit();
    await this.#registered?.set("followNotebook", isFollowing);
  }

  #read(registered: ISettingRegistry.ISettings): void {
    this.#values = readValues(registered.composite);
    this.#changed.emit();
  }
}
