import { describe, expect, it } from 'vitest';
import { freshness, jittered, refreshesEarly, shortened, thresholds } from './lifetimes.js';

const lifetimes = { freshMs: 100, swrMs: 150, expiryMs: 400 };

describe(freshness.name, () => {
  it.each([
    [400, 'fresh'],
    [301, 'fresh'],
    [300, 'stale'],
    [251, 'stale'],
    [250, 'stale-if-error'],
    [1, 'stale-if-error'],
  ])('classifies a value with %i ms of its TTL left as %s', (ttlMs, expected) => {
    expect(freshness(thresholds(lifetimes), ttlMs)).toBe(expected);
  });
});

describe(jittered.name, () => {
  it.each([
    [0, { freshMs: 90, swrMs: 140, expiryMs: 390 }],
    [0.5, lifetimes],
    [1, { freshMs: 110, swrMs: 160, expiryMs: 410 }],
  ])('moves all times by the same amount, for the random number %f', (random, expected) => {
    expect(jittered(lifetimes, random)).toEqual(expected);
  });

  it('keeps an entry fresh for at least 1 ms', () => {
    expect(jittered({ freshMs: 0.1, swrMs: 0.1, expiryMs: 0.1 }, 0).freshMs).toBe(1);
  });
});

describe(shortened.name, () => {
  it('moves all times by the same amount, and lengthens none', () => {
    expect(shortened(lifetimes, 60)).toEqual({ freshMs: 60, swrMs: 110, expiryMs: 360 });
    expect(shortened(lifetimes, 101)).toEqual(lifetimes);
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
