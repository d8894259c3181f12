/** Ask for what belongs to a file once, and keep the answer; what failed is asked again another time. */
export function once<T>(ask: (number: number) => Promise<T>): (number: number) => Promise<T> {
  const known = new Map<number, Promise<T>>();
  return (number) => {
    const there = known.get(number);
    if (there) return there;
    const asked = ask(number);
    known.set(number, asked);
    asked.catch(() => known.delete(number));
    return asked;
  };
}
