import { describe, expect, it } from 'vitest';
import { estimateOf } from './interval.js';

describe(estimateOf, () => {
  it('returns the mean, and the interval of 95 % of Student', () => {
    // The quantile of five degrees of freedom is 2.571, and the standard deviation is the square root of 3.5.
    const { mean, margin } = estimateOf([1, 2, 3, 4, 5, 6]);
    expect(mean).toBe(3.5);
    expect(margin).toBeCloseTo(2.571 * Math.sqrt(3.5 / 6), 2);
  });

  it('returns no margin for equal values', () => {
    expect(estimateOf([2, 2, 2])).toEqual({ mean: 2, margin: 0 });
  });
});
