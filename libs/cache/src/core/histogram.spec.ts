import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.js';

const durations = fc.array(fc.double({ min: 0.0001, max: 200_000, noNaN: true }), { minLength: 1 });

function given(all: readonly number[]): Histogram {
  const histogram = new Histogram();
  all.forEach((ms) => histogram.record(ms));
  return histogram;
}

describe(Histogram.name, () => {
  it('has the count and the sum of its durations', () => {
    const histogram = given([1, 2, 3]);
    histogram.record(10, 4);
    expect(histogram).toMatchObject({ count: 7, sumMs: 46 });
  });

  it('counts the durations below each bound', () => {
    expect(given([0.3, 0.5, 0.9, 1, 3.99, 4, 100]).cumulative([0.25, 0.5, 1, 4, 8])).toEqual([0, 1, 3, 5, 6]);
  });

  it('returns a quantile that is at most a quarter too high', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99, 1), (all, share) => {
        const exact = all.toSorted((a, b) => a - b)[Math.ceil(share * all.length) - 1] ?? 0;
        const quantile = given(all).quantile(share);
        expect(quantile).toBeGreaterThanOrEqual(exact);
        expect(quantile).toBeLessThanOrEqual(Math.max(exact * 1.25, 2 ** -14));
      }),
    );
  });

  it('equals, merged with another one through JSON, the histogram of all durations', () => {
    fc.assert(
      fc.property(durations, durations, (first, second) => {
        const merged = given(first);
        merged.merge(JSON.parse(JSON.stringify(given(second))));
        expect(merged.toJSON().counts).toEqual(given([...first, ...second]).toJSON().counts);
      }),
    );
  });

  it.each([0, -1, 2 ** -20, 2 ** 30, Number.POSITIVE_INFINITY])('counts %s ms in its first or last bucket', (ms) => {
    const histogram = given([ms]);
    expect(histogram.count).toBe(1);
    expect(histogram.quantile(1)).toBe(ms > 1 ? 2 ** 18 : 2 ** -14);
  });

  it('returns 0 as every quantile without durations', () => {
    expect(new Histogram().quantile(0.99)).toBe(0);
  });

  it('keeps the last exemplar of each power of two', () => {
    const histogram = new Histogram();
    const at = (ms: number, traceId: string) => ({ ms, traceId, spanId: 's', at: 0 });
    for (const [ms, traceId] of [
      [3, 'a'],
      [3.5, 'b'],
      [5, 'c'],
    ] as const)
      histogram.explain(at(ms, traceId));
    expect([...histogram.exemplars].map(({ traceId }) => traceId)).toEqual(['b', 'c']);
  });
});
