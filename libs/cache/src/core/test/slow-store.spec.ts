import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';

const DEADLINE_MS = 100;

describe('a read over a slow store that keeps its deadlines', () => {
  function givenSlowStore(stepMs: number) {
    const steps: string[] = [];
    const fleet = givenFleet<number>({ tags: () => ['list'] }, async (label, act) => {
      steps.push(label);
      await fleet.clock.sleep(stepMs);
      return act();
    });
    const { cache, store } = fleet.instance();
    store.deadlineMs = DEADLINE_MS;

    /** Returns the result of a read, and how long it took. */
    async function read(key: string, load = async () => 1) {
      const startedAt = fleet.clock.now();
      const timed = cache.read(key, load).then((result) => ({ ...result, tookMs: fleet.clock.now() - startedAt }));
      for (let ms = 0; ms < 10 * DEADLINE_MS; ms += 1) {
        await settled();
        fleet.clock.advance(1);
      }
      return timed;
    }
    const invalidate = async (): Promise<void> => {
      const invalidating = cache.invalidateTags(['list']);
      for (let ms = 0; ms < 10 * DEADLINE_MS; ms += 1) {
        await settled();
        fleet.clock.advance(1);
      }
      await invalidating;
    };
    return { read, steps, invalidate };
  }

  it.each([10, 40, 60, 99])('delays its reader by at most two deadlines, with %i ms per step', async (stepMs) => {
    const { read } = givenSlowStore(stepMs);
    for (const key of ['a', 'b', 'b']) expect((await read(key)).tookMs).toBeLessThanOrEqual(2 * DEADLINE_MS);
  });

  it('gives its lease back, and stores nothing, if the first steps have taken a deadline', async () => {
    const { read, steps, invalidate } = givenSlowStore(60);
    await read('k');
    await invalidate();
    steps.length = 0;
    expect(await read('k')).toMatchObject({ status: 'bypass', detail: 'unavailable' });
    expect(steps).toEqual(['read', 'read', 'release']);
  });

  it('stores the loaded value in the background if the steps before the load have taken a deadline', async () => {
    const { read } = givenSlowStore(60);
    const load = vi.fn(async () => 1);
    expect(await read('k', load)).toMatchObject({ status: 'miss', stored: false, tookMs: 120 });
    expect(await read('k', load)).toMatchObject({ status: 'hit', tier: 'l2' });
    expect(load).toHaveBeenCalledOnce();
  });
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
