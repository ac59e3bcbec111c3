import { describe, expect, it } from 'vitest';
import { reconnectDelay } from './reconnector.js';

describe(reconnectDelay.name, () => {
  it('doubles up to one second and stays there', () => {
    const shortest = [0, 1, 2, 3, 4, 5, 1_000].map((attempt) => reconnectDelay(attempt, () => 0));
    expect(shortest).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
  });

  it('adds up to a quarter at random', () => {
    expect(reconnectDelay(1, () => 0.5)).toBe(113);
    expect(reconnectDelay(100_000, () => 1)).toBe(1_250);
  });
});
