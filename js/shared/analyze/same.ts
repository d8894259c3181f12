/** What need not be drawn again. Pure. */

/** Whether two states are the same in these parts. */
export function isSame<T extends object>(
  a: T | null,
  b: T | null,
  names: readonly (keyof T)[],
): boolean {
  return a !== null && b !== null && names.every((name) => a[name] === b[name]);
}
