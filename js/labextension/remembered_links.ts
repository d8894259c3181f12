/**
 * What this tab of the browser knows of kernels, over a reload of the page.
 *
 * A kernel that is busy with a cell cannot be asked which comms it has; that it had one is known here.
 */
import { isState } from "./link";
import type { ProjectState } from "./source";

export interface RememberedLink {
  readonly commId: string;
  readonly state: ProjectState | null;
}

const key = (kernelId: string) => `gymdash:link:${kernelId}`;

export function remember(kernelId: string, link: RememberedLink): void {
  try {
    sessionStorage.setItem(key(kernelId), JSON.stringify(link));
  } catch {
    // A browser that keeps nothing: the kernel is asked.
  }
}

export function forget(kernelId: string): void {
  try {
    sessionStorage.removeItem(key(kernelId));
  } catch {
    // It was not kept either.
  }
}

export function recall(kernelId: string): RememberedLink | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key(kernelId)) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { commId, state } = kept as Record<string, unknown>;
    return typeof commId === "string" ? { commId, state: isState(state) ? state : null } : null;
  } catch {
    return null;
  }
}
