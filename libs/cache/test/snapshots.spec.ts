import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SnapshotRead } from '../src/core/cache-registry.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { givenInstance, givenRedis } from './given-instance.js';

/** `SNAPSHOTS=50000 npm test -- libs/cache/test/snapshots.spec.ts` takes more. */
const SNAPSHOTS = Number(process.env['SNAPSHOTS'] ?? 500);
const WRITE_EACH_MS = 3;
/** On a busy machine, a write may be in progress most of the time. */
const PATIENT = { patienceMs: 60_000 };

const debits = defineCache<number>('debits', { ttl: '60s' });
const credits = defineCache<number>('credits', { ttl: '60s' });

/** Two instances. One moves an amount each 3 ms: it changes both rows together. The other reads pairs with `read`. Returns the torn ones. */
async function tornPairs(
  readPair: (
    registry: Awaited<ReturnType<typeof givenInstance>>['registry'],
    loads: Loads,
  ) => Promise<readonly number[]>,
): Promise<number> {
  const { server } = await givenRedis();
  const [reader, writer] = [await givenInstance(server), await givenInstance(server)];
  for (const { registry } of [reader, writer]) for (const definition of [debits, credits]) registry.create(definition);
  let amount = 0;
  const loads: Loads = { debit: async () => amount, credit: async () => amount };
  const writing = { on: true };
  const writes = (async () => {
    while (writing.on) {
      await writer.registry.write(async (tx) => {
        await Promise.all([tx.invalidate(debits, '1'), tx.invalidate(credits, '1')]);
        amount += 1;
      });
      await pause(WRITE_EACH_MS);
    }
  })();
  let torn = 0;
  for (let count = 0; count < SNAPSHOTS; count += 1) {
    const [debit, credit] = await readPair(reader.registry, loads);
    if (debit !== credit) torn += 1;
  }
  writing.on = false;
  await writes;
  return torn;
}

interface Loads {
  readonly debit: () => Promise<number>;
  readonly credit: () => Promise<number>;
}

describe('pairs of rows that a transaction changes together each 3 ms', { timeout: 300_000 }, () => {
  it('are never torn in a snapshot', async () => {
    const pair =
      ({ debit, credit }: Loads) =>
      (read: SnapshotRead) =>
        Promise.all([read(debits, '1', debit), read(credits, '1', credit)]);
    expect(await tornPairs((registry, loads) => registry.snapshot(pair(loads), PATIENT))).toBe(0);
  });

  it('are torn sometimes without one', async () => {
    const strong = { strong: true };
    const torn = await tornPairs(async (registry, { debit, credit }) => [
      await registry.find(debits).readThrough('1', debit, strong),
      await registry.find(credits).readThrough('1', credit, strong),
    ]);
    expect(torn).toBeGreaterThan(0);
  });
});
