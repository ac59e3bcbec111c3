import { deepEqual } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { RedisConnection } from '@nuthatch/redis';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ChannelListener, RecordStore } from '../src/core/store/store.js';
import { versionOf } from '../src/core/store/record-format.js';
import { RedisStore } from '../src/redis/redis-store.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { RedisSimulator } from '../src/testing/redis-simulator.js';

const LONG_MS = 600_000;
/** Long enough for everything that is sent between two pauses, short enough to have passed after one. */
const SHORT_MS = 1_000;
const PAUSE_MS = 1_100;

const SLOTS = [0, 1, 2];
const ids = fc.constantFrom('0000000000000001', '0000000000000002', '00000000000000ff');
const slot = fc.constantFrom(...SLOTS);

/** One step of the protocol; answers what can be compared between stores. */
type Command = (store: RecordStore, prefix: string) => Promise<unknown>;

/** Lives differ by what passed meanwhile: who writes, and whether it overlapped, does not. */
const comparable = (text: string | null | undefined): unknown => text?.replaceAll(/\d+:(?=[\da-f]{16})/g, '');
/** What is no version may be cut anywhere. */
const version = (text: string | null): unknown => (text === null ? null : (versionOf(text) ?? text.slice(0, 2)));
const value = (fillId: string): string => `V|${fillId}|0,0,1,json,11|{"tags":[]}1`;

function commands(lives: fc.Arbitrary<number>): fc.Arbitrary<Command> {
  const named = (name: string, act: Command): Command => Object.assign(act, { toString: () => name });
  const step = <T extends object>(
    parts: { [P in keyof T]: fc.Arbitrary<T[P]> },
    name: string,
    act: (store: RecordStore, recordKey: string, parts: T) => Promise<unknown>,
  ) =>
    fc
      .tuple(slot, fc.record(parts))
      .map(([at, given]) =>
        named(`${name}(${at}, ${JSON.stringify(given)})`, (store, prefix) => act(store, `${prefix}${at}`, given)),
      );
  const expected = fc.tuple(fc.constantFrom('L', 'V'), ids).map(([kind, id]) => `${kind}|${id}|`);
  return fc.oneof(
    step(
      { token: ids, invalidFillId: fc.option(ids, { nil: undefined }), leaseMs: lives },
      'acquire',
      (store, at, lease) => store.acquire(at, lease),
    ),
    step({ expected, id: ids, ttlMs: lives }, 'fill', (store, at, { id, ...fill }) =>
      store.fill(at, { ...fill, text: value(id) }),
    ),
    step({ token: ids }, 'release', (store, at, { token }) => store.release(at, token)),
    step({ token: ids, retryMs: lives }, 'back off', (store, at, { token, retryMs }) =>
      store.release(at, token, { error: 'origin', retryMs }),
    ),
    step({ id: ids, ttlMs: lives }, 'create', async (store, at, { id, ttlMs }) =>
      version(await store.ensureTagVersion(at, `V|${id}|`, ttlMs)),
    ),
    step({ leaseMs: lives }, 'claim', (store, at, { leaseMs }) => store.acquireRefreshLock(at, leaseMs)),
    step({}, 'unclaim', (store, at) => store.releaseRefreshLock(at)),
    step({ token: ids, lifeMs: lives }, 'intent', (store, at, { token, lifeMs }) => store.intent(at, token, lifeMs)),
    step({ token: ids }, 'done', (store, at, { token }) => store.done(at, token)),
    step({ token: ids, id: ids, ttlMs: lives }, 'done with value', (store, at, { token, id, ttlMs }) =>
      store.doneWithValue(at, token, { text: value(id), ttlMs }),
    ),
    step({}, 'invalidate', (store, at) => store.invalidate(at)),
    step({}, 'read', (store, at) => state(store, [at])),
  );
}

async function state(store: RecordStore, names: readonly string[]): Promise<unknown> {
  const { records, tags } = await store.read(names, names);
  return [records.map(({ text }) => comparable(text)), tags.map(version)];
}

const nobody: ChannelListener = { onInvalidation: () => {}, onChannelLost: () => {}, onHeartbeat: () => {} };

describe(RedisSimulator.name, () => {
  const redis = new RedisConnection({
    topology: { mode: 'single', url: inject('redisUrl') },
    operationTimeoutMs: 5_000,
  });
  const real = new RedisStore(redis, 'simulator:channel');
  let stories = 0;

  beforeAll(async () => {
    redis.open();
    await redis.firstAttempt;
  });
  afterAll(() => redis.close());

  /** Tells the same to both, and compares each reply, and what stands in the end. */
  async function compare(phases: readonly (readonly Command[])[]): Promise<void> {
    stories += 1;
    const prefix = `simulator:${stories}:`;
    const clock = new ManualClock();
    const simulated = new RedisSimulator(clock).connect(nobody);
    for (const [index, phase] of phases.entries()) {
      if (index > 0) {
        clock.advance(PAUSE_MS);
        await pause(PAUSE_MS);
      }
      const sentAt = performance.now();
      for (const command of phase) {
        const [expected, actual] = [await command(real, prefix), await command(simulated, prefix)];
        // Where the machine was too slow, short lives ended in one of both: nothing to learn from.
        fc.pre(performance.now() - sentAt < SHORT_MS);
        deepEqual(actual, expected, String(command));
      }
    }
    const names = SLOTS.flatMap((at) => [`${prefix}${at}`, `${prefix}${at}:refresh`]);
    deepEqual(await state(simulated, names), await state(real, names));
  }

  it('answers every step as a real Redis does, and leaves the same', async () => {
    const story = fc.array(commands(fc.constant(LONG_MS)), { maxLength: 40 });
    await expect(
      fc.assert(
        fc.asyncProperty(story, (told) => compare([told])),
        { numRuns: 500 },
      ),
    ).resolves.toBeUndefined();
  }, 60_000);

  it('ends the same lives at the same times', async () => {
    const phase = fc.array(commands(fc.constantFrom(SHORT_MS, LONG_MS)), { minLength: 2, maxLength: 6 });
    // Many stories at a time, so that they sleep together.
    const together = fc.array(fc.tuple(phase, phase, phase), { minLength: 40, maxLength: 40 });
    const tell = async (told: readonly (readonly (readonly Command[])[])[]): Promise<unknown> =>
      Promise.all(told.map(compare));
    await expect(
      fc.assert(
        fc.asyncProperty(together, async (told) => void (await tell(told))),
        { numRuns: 3, endOnFailure: true },
      ),
    ).resolves.toBeUndefined();
  }, 60_000);
});
