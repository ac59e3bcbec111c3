/** Returns the middle value. An even number of values has two; the higher one is returned. */
export function median(figures: readonly number[]): number {
  const middle = figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
  if (middle === undefined) throw new Error('An empty list has no median.');
  return middle;
}
