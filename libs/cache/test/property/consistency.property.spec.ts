import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyStory, channel, connection, loss, noneLate, passing, someLate } from './stories.js';
import type { Story } from './story.js';
import { World } from './world.js';

/**
 * The engine under every order of events that chance comes up with. A scheduler decides when each act of the store, each answer on
 * its way back and each access to the origin happens.
 */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

describe('consistency under any order of events', () => {
  async function holds(story: fc.Arbitrary<Story>): Promise<void> {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), story, (scheduler, told) => new World(scheduler, told).run()),
      { numRuns: RUNS },
    );
  }

  it(
    'never reads older than acknowledged, in health',
    async () => {
      await expect(holds(anyStory(passing, noneLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'never does while the store comes and goes',
    async () => {
      await expect(holds(anyStory(fc.oneof(passing, connection, loss), someLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'reads no older than the bound where nothing is heard',
    async () => {
      await expect(holds(anyStory(fc.oneof(passing, channel), someLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
});
