import { describe, expect, it } from 'vitest';
import { median } from '../../median.js';
import { resultOf, type Sample } from './result.js';

describe(median, () => {
  it.each([
    [[3], 3],
    [[9, 1, 10], 9],
    [[4, 1, 2, 3], 3],
  ])('of %j is %d', (figures, middle) => {
    expect(median(figures)).toBe(middle);
  });

  it('throws for an empty list', () => {
    expect(() => median([])).toThrow(/empty list has no median/);
  });
});

describe(resultOf, () => {
  it('takes the median of each figure separately', () => {
    const rounds: readonly Sample[] = [
      { requestsPerSecond: 1, p50Ms: 30, p99Ms: 200, cpuMicros: 7, coreShare: 0.9, redisCommands: 0 },
      { requestsPerSecond: 2, p50Ms: 10, p99Ms: 300, cpuMicros: 9, coreShare: 0.7, redisCommands: 2 },
      { requestsPerSecond: 3, p50Ms: 20, p99Ms: 100, cpuMicros: 8, coreShare: 0.8, redisCommands: 1 },
    ];
    expect(resultOf({ id: 'a', name: 'A' }, rounds)).toEqual({
      id: 'a',
      name: 'A',
      samples: rounds,
      requestsPerSecond: 2,
      p50Ms: 20,
      p99Ms: 200,
      cpuMicros: 8,
      coreShare: 0.8,
      redisCommands: 1,
    });
  });
});
