/** Paths of projects, as the server, the file browser and a person write them. Pure. */

/** Where a folder is in JupyterLab's file browser. */
export type Place =
  | { readonly kind: "inside"; readonly path: string; readonly isHidden: boolean }
  | { readonly kind: "outside" };

/** With slashes only, without one at the end; a drive of Windows in capitals. */
function normal(path: string): string {
  const slashed = /^([a-z]:|\\\\)/i.test(path) ? path.replaceAll("\\", "/") : path;
  const isShare = slashed.startsWith("//");
  const clean = slashed.replaceAll(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  const withDrive = clean.replace(/^[a-z]:/, (drive) => drive.toUpperCase());
  return isShare ? `/${withDrive}` : withDrive;
}

/** Whether a path begins at the root of a disk. */
export function isAbsolute(path: string): boolean {
  return /^(\/|[a-z]:[\\/]|\\\\)/i.test(path);
}

/** The path with `~` written out; null where the home folder is not known. */
export function withHome(path: string, home: string): string | null {
  if (path !== "~" && !/^~[\\/]/.test(path)) return path;
  return home ? normal(`${home}/${path.slice(1)}`) : null;
}

/** The folder that a person means: absolute, or seen from the server's root. */
export function absolutePath(path: string, root: string, home: string): string | null {
  const written = withHome(path.trim(), home);
  if (written === null || written === "") return null;
  if (isAbsolute(written)) return normal(written);
  const base = withHome(root, home);
  return base === null ? null : resolved(`${base}/${written}`);
}

/** Without `.` and `..`. */
function resolved(path: string): string {
  const parts: string[] = [];
  const written = normal(path);
  for (const part of written.split("/")) {
    if (part === "..") parts.length > 1 && parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/") || "/";
}

/** Where an absolute folder is below the server's root, as the file browser names it. */
export function placeInServer(folder: string, root: string, home: string): Place {
  const base = withHome(root, home);
  if (base === null || !isAbsolute(base)) return { kind: "outside" };
  const [top, target] = [resolved(base), resolved(folder)];
  const isWindows = /^([A-Z]:|\/\/)/.test(top);
  const same = (text: string) => (isWindows ? text.toLowerCase() : text);
  const start = top.endsWith("/") ? top : `${top}/`;
  if (same(target) === same(top)) return { kind: "inside", path: "", isHidden: false };
  if (!same(target).startsWith(same(start))) return { kind: "outside" };
  const path = target.slice(start.length);
  return { kind: "inside", path, isHidden: path.split("/").some((part) => part.startsWith(".")) };
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return normal(path).split("/").pop() || path;
}

/** A project's name for people: its folder, or the one around it where that is the usual one. */
export function projectName(folder: string): string {
  const parts = normal(folder).split("/").filter(Boolean);
  const last = parts.at(-1) ?? folder;
  return last === ".gymdash-projects" ? (parts.at(-2) ?? last) : last;
}

/** A folder in at most two parts, as in `rl/.gymdash-projects`. */
export function shortPath(folder: string): string {
  const parts = normal(folder).split("/").filter(Boolean);
  return parts.length ? parts.slice(-2).join("/") : folder;
}
