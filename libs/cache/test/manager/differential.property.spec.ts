import fc from 'fast-check';
import { Keyv } from 'keyv';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CacheRegistry } from '@nuthatch/cache';
import { KeyvFactory } from '@nuthatch/cache/manager';
import { createRuntime } from '../../src/core/cache-runtime.js';
import { MemoryStore } from '../../src/memory/memory-store.js';
import { MemoryTier } from '../../src/memory/memory-tier.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { answersOf, type Step, steps } from './cache-steps.js';
import { at, CleanUp, givenManager, givenRedis } from './given-manager.js';

/** Entries end between the moments at which anything is asked for: the very millisecond is nobody's promise. */
const TICK_MS = 100;
const TTLS = [undefined, 0, -50, 50, 250, 1_050.5, 60_000, Number.POSITIVE_INFINITY];

const namespace = 'same';

describe('the same calls of cache-manager answer the same over our tiers as over plain Keyv', () => {
  afterEach(() => void vi.useRealTimers());

  it('in the process, while time passes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await fc.assert(
      fc.asyncProperty(steps(TTLS, true), async (taken) => {
        const { ours, clock } = givenProcess();
        const tick = async (): Promise<void> => {
          clock.advance(TICK_MS);
          vi.setSystemTime(Date.now() + TICK_MS);
        };
        const plain = new Keyv({ namespace });
        const before = Date.now();
        const expected = await answersOf(taken, plain, async () => void vi.setSystemTime(Date.now() + TICK_MS));
        vi.setSystemTime(before);
        expect(await answersOf(taken, ours.create({ namespace }), tick)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  describe('over Redis', () => {
    const cleanUp = new CleanUp();
    let keyvs: KeyvFactory;
    beforeAll(async () => {
      const redis = await givenRedis(cleanUp);
      ({ keyvs } = await givenManager(cleanUp, at(redis, 5_000)));
    });
    afterAll(() => cleanUp.run());

    const compare = async (taken: readonly Step[], ours: Keyv): Promise<void> => {
      const none = async (): Promise<void> => {};
      expect(await answersOf(taken, ours, none)).toEqual(await answersOf(taken, new Keyv({ namespace }), none));
    };

    const lasting = [undefined, 0, -50, 60_000, 90_000.5, Number.POSITIVE_INFINITY];

    it('with our own Keyv', async () => {
      const property = fc.asyncProperty(steps(lasting, false), async (taken) => {
        const keyv = keyvs.create({ namespace });
        await keyv.clear();
        await compare(taken, keyv);
      });
      await fc.assert(property, { numRuns: 100 });
    });

    it('with a Keyv that somebody made over our store', async () => {
      const property = fc.asyncProperty(steps(lasting, false), async (taken) => {
        const keyv = new Keyv({ namespace, store: keyvs.store() });
        await keyv.clear();
        await compare(taken, keyv);
      });
      await fc.assert(property, { numRuns: 50 });
    });
  });
});

function givenProcess() {
  const clock = new ManualClock();
  const bounds = { maxBytes: 1_000_000, maxEntries: 1_000 };
  const runtime = createRuntime({
    namespace: 'shop',
    clock,
    local: new MemoryTier(clock, bounds),
    maxStalenessMs: 1_000,
    maxLoads: 100,
    maxPayloadBytes: 100_000,
    rolledBack: () => false,
    warn: () => {},
    store: (_, listener) => new MemoryStore(clock, bounds, listener),
  });
  return { clock, ours: new KeyvFactory(new CacheRegistry(runtime)) };
}
