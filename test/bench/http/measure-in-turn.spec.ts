import { describe, expect, it } from 'vitest';
import { warmUp } from './measure-in-turn.js';

/** Returns how many seconds a contender is loaded whose requests cost `micros`, second by second. */
async function secondsOf(micros: readonly number[]): Promise<number> {
  let seconds = 0;
  await warmUp({ leastSeconds: 3, mostSeconds: 6 }, async () => micros[seconds++] ?? 1);
  return seconds;
}

describe(warmUp, () => {
  it('ends when the processor time per request changes by less than 3 % within a second', async () => {
    expect(await secondsOf([213, 180, 150, 110, 108])).toBe(5);
    expect(await secondsOf([100, 110, 107])).toBe(3);
  });

  it('takes the least time at least, and the most time at most', async () => {
    expect(await secondsOf([100, 100, 100, 100])).toBe(3);
    expect(await secondsOf([200, 100, 200, 100, 200, 100, 200])).toBe(6);
  });
});
