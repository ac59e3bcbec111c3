import { describe, expect, it } from 'vitest';
import { reconnectDelay } from './reconnect-delay.js';

describe(reconnectDelay.name, () => {
  it('doubles up to one second and stays there', () => {
    const longest = [0, 1, 2, 3, 4, 5, 1_000].map((attempt) => reconnectDelay(attempt, () => 1));
    expect(longest).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
  });

  it('draws the upper half at random', () => {
    expect(reconnectDelay(1, () => 0)).toBe(50);
    expect(reconnectDelay(1, () => 0.5)).toBe(75);
  });

  it('stays finite after any number of attempts', () => {
    expect(reconnectDelay(100_000, () => 0)).toBe(500);
  });
});
