import fc from 'fast-check';
import { Keyv } from 'keyv';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CacheRegistry } from '@nuthatch/cache';
import { KeyvFactory } from '@nuthatch/cache/manager';
import { answersOf, type Step, steps } from './cache-steps.js';
import { at, CleanUp, givenManager, givenRedis } from './given-manager.js';
import { givenRuntime } from '../../src/testing/given-runtime.js';

/** Entries expire between two calls, because no store promises the exact millisecond. */
const TICK_MS = 100;
const TTLS = [undefined, 0, -50, 50, 250, 1_050.5, 60_000, Number.POSITIVE_INFINITY];

const namespace = 'same';

describe('cache-manager over our tiers', () => {
  afterEach(() => void vi.useRealTimers());

  it('cache-manager returns the same over the in-process tiers as over plain Keyv, while time passes', async () => {
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

    it('cache-manager returns the same over KeyvFactory.create() as over plain Keyv', async () => {
      const property = fc.asyncProperty(steps(lasting, false), async (taken) => {
        const keyv = keyvs.create({ namespace });
        await keyv.clear();
        await compare(taken, keyv);
      });
      await fc.assert(property, { numRuns: 100 });
    });

    it('cache-manager returns the same over new Keyv(KeyvFactory.store()) as over plain Keyv', async () => {
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
  const { clock, runtime } = givenRuntime({ namespace: 'shop' });
  return { clock, ours: new KeyvFactory(new CacheRegistry(runtime)) };
}
