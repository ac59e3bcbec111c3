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
/** Longer than the commands between two pauses take, shorter than one pause. */
const SHORT_MS = 1_000;
const PAUSE_MS = 1_100;

const RECORDS = [0, 1, 2];
const ids = fc.constantFrom('0000000000000001', '0000000000000002', '00000000000000ff');
const record = fc.constantFrom(...RECORDS);

/** One step of the protocol. Returns a result that is comparable between stores. */
type Command = (store: RecordStore, prefix: string) => Promise<unknown>;

/** Removes the lives, which depend on elapsed time. The intents and the overlap flag remain. */
const comparable = (text: string | null | undefined): unknown => text?.replaceAll(/\d+:(?=[\da-f]{16})/g, '');
/** A text that is no version may be truncated anywhere. */
const version = (text: string | null): unknown => (text === null ? null : (versionOf(text) ?? text.slice(0, 2)));
const value = (fillId: string): string => `V|${fillId}|0,0,1,json,2|[]1`;

function commands(lives: fc.Arbitrary<number>): fc.Arbitrary<Command> {
  const named = (name: string, act: Command): Command => Object.assign(act, { toString: () => name });
  const step = <T extends object>(
    parts: { [P in keyof T]: fc.Arbitrary<T[P]> },
    name: string,
    act: (store: RecordStore, recordKey: string, parts: T) => Promise<unknown>,
  ) =>
    fc
      .tuple(record, fc.record(parts))
      .map(([at, given]) =>
        named(`${name}(${at}, ${JSON.stringify(given)})`, (store, prefix) => act(store, `${prefix}${at}`, given)),
      );
  const expected = fc.tuple(fc.constantFrom('L', 'V'), ids).map(([kind, id]) => `${kind}|${id}|`);
  return fc.oneof(
    step(
      { token: ids, replaces: fc.option(expected, { nil: undefined }), leaseMs: lives },
      'acquire',
      async (store, at, lease) => (await store.read([at], [], { lease })).records[0]?.acquired ?? false,
    ),
    step({ expected, id: ids, ttlMs: lives }, 'fill', (store, at, { id, ...fill }) =>
      store.fill(at, { ...fill, text: value(id) }),
    ),
    step({ token: ids }, 'release', (store, at, { token }) => store.release(at, token)),
    step({ token: ids, retryMs: lives }, 'back off', (store, at, { token, retryMs }) =>
      store.release(at, token, { error: 'origin', retryMs }),
    ),
    step({ id: ids, ttlMs: lives }, 'ensure tag version', async (store, at, { id, ttlMs }) =>
      version(await store.ensureTagVersion(at, `V|${id}|`, ttlMs)),
    ),
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

const noListener: ChannelListener = { onInvalidation: () => {}, onChannelLost: () => {}, onHeartbeat: () => {} };

describe(RedisSimulator.name, () => {
  const redis = new RedisConnection({
    topology: { mode: 'single', url: inject('redisUrl') },
    operationTimeoutMs: 5_000,
  });
  const real = new RedisStore(redis, { channel: 'simulator:channel' });
  let scenarios = 0;

  beforeAll(async () => {
    redis.open();
    await redis.firstAttempt;
  });
  afterAll(() => redis.close());

  /** Runs the same commands on both stores, and compares each reply and the final records. */
  async function compare(phases: readonly (readonly Command[])[]): Promise<void> {
    scenarios += 1;
    const prefix = `simulator:${scenarios}:`;
    const clock = new ManualClock();
    const simulated = new RedisSimulator(clock).connect(noListener);
    for (const [index, phase] of phases.entries()) {
      if (index > 0) {
        clock.advance(PAUSE_MS);
        await pause(PAUSE_MS);
      }
      const sentAt = performance.now();
      for (const command of phase) {
        const [expected, actual] = [await command(real, prefix), await command(simulated, prefix)];
        // On a machine that is too slow, short lives ended in only one of the stores: discard the run.
        fc.pre(performance.now() - sentAt < SHORT_MS);
        deepEqual(actual, expected, String(command));
      }
    }
    const names = RECORDS.flatMap((at) => [`${prefix}${at}`, `${prefix}${at}:refresh`]);
    deepEqual(await state(simulated, names), await state(real, names));
  }

  it('replies to every step as a real Redis does, and ends with the same records', async () => {
    const scenario = fc.array(commands(fc.constant(LONG_MS)), { maxLength: 40 });
    await expect(
      fc.assert(
        fc.asyncProperty(scenario, (generated) => compare([generated])),
        { numRuns: 500 },
      ),
    ).resolves.toBeUndefined();
  }, 60_000);

  it('expires the same records at the same times', async () => {
    const phase = fc.array(commands(fc.constantFrom(SHORT_MS, LONG_MS)), { minLength: 2, maxLength: 6 });
    // Many scenarios at a time, so that they share the pauses.
    const together = fc.array(fc.tuple(phase, phase, phase), { minLength: 40, maxLength: 40 });
    const runAll = async (generated: readonly (readonly (readonly Command[])[])[]): Promise<unknown> =>
      Promise.all(generated.map(compare));
    await expect(
      fc.assert(
        fc.asyncProperty(together, async (generated) => void (await runAll(generated))),
        { numRuns: 3, endOnFailure: true },
      ),
    ).resolves.toBeUndefined();
  }, 60_000);
});
