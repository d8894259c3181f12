/** What stands in the place of the panel while a kernel cannot show it. Pure. */
import type { Phase } from "./source";

export interface Message {
  readonly kind: "loading" | "words" | "failed";
  readonly text: string;
  /** What happens next. */
  readonly next: string;
  readonly canRetry: boolean;
}

const LOADING: Message = { kind: "loading", text: "", next: "", canRetry: false };

interface Kernel {
  readonly kind: "notebook" | "own";
  readonly name: string;
  readonly phase: Phase;
  readonly trouble: string;
}

/** Say how a kernel is that shows nothing; null for one that can. */
export function messageOf({ kind, name, phase, trouble }: Kernel): Message | null {
  const isOwn = kind === "own";
  const words = (text: string, next: string, canRetry = false): Message => {
    return { kind: "words", text, next, canRetry };
  };
  switch (phase) {
    case "starting":
      return LOADING;
    case "ready":
      return null;
    case "restarting":
      return words(
        isOwn ? "The project's kernel restarts." : `The kernel of ${name} restarts.`,
        isOwn ? "The project is shown again in a moment." : "Run its cells to show its project.",
      );
    case "failed":
      return {
        kind: "failed",
        text: trouble || "The project could not be shown.",
        next: "Simulations are not touched by this: they go on.",
        canRetry: isOwn,
      };
    case "gone":
      return words(
        isOwn ? "The project's kernel has ended." : `The kernel of ${name} has ended.`,
        "Simulations do not need it: those in processes of their own go on.",
        isOwn,
      );
  }
}
