import { describe, expect, it } from 'vitest';
import { freshness, refreshesEarly } from './lifetimes.js';

describe(freshness.name, () => {
  it.each([
    [400, 'fresh'],
    [301, 'fresh'],
    [300, 'stale'],
    [251, 'stale'],
    [250, 'stale-if-error'],
    [1, 'stale-if-error'],
  ])('classifies a value with %i ms of its TTL left as %s', (ttlMs, expected) => {
    expect(freshness({ freshUntilMs: 300, swrUntilMs: 250 }, ttlMs)).toBe(expected);
  });
});

describe(refreshesEarly.name, () => {
  it('refreshes within a random multiple of the duration of the load', () => {
    expect(refreshesEarly(100, 100, Math.exp(-1))).toBe(true);
    expect(refreshesEarly(100, 101, Math.exp(-1))).toBe(false);
    expect(refreshesEarly(100, 199, Math.exp(-2))).toBe(true);
    expect(refreshesEarly(100, 201, Math.exp(-2))).toBe(false);
  });
});
