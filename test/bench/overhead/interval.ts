/** A mean, and the interval that contains the true one with a confidence of 95 %. */
export interface Estimate {
  readonly mean: number;
  /** Half of the width of the interval. */
  readonly margin: number;
}

/** Returns the mean of independent values with its interval, by the distribution of Student. Two values are the least. */
export function estimateOf(values: readonly number[]): Estimate {
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
  return { mean, margin: student(values.length - 1) * Math.sqrt(variance / values.length) };
}

/** Returns the two-sided quantile of 95 %, by the expansion of Cornish and Fisher (Abramowitz and Stegun, 26.7.5). */
function student(degrees: number): number {
  const z = 1.959964;
  const [first, second, third] = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
