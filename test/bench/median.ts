/** Returns the middle value. An even number of values has two; the higher one is returned. */
export function median(figures: readonly number[]): number {
  const middle = figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
  if (middle === undefined) throw new Error('An empty list has no median.');
  return middle;
}

/**
 * Returns the median of the ratios between two lists of figures, round by round, because a slow moment of the machine affects the
 * figures of one round alike.
 */
export function medianRatio(ours: readonly number[], others: readonly number[]): number {
  return median(ours.map((figure, round) => figure / (others[round] ?? Number.NaN)));
}
