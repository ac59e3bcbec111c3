import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RedisTopology } from '@nuthatch/redis';
import { startClusterGroup } from '../../../test/support/redis/cluster-group.js';
import type { CacheRegistry, SnapshotRead } from '../src/core/cache-registry.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RedisKeys } from '../src/core/store/redis-keys.js';
import { givenInstanceOn, givenRedis } from './given-instance.js';

/** `SNAPSHOTS=50000 npm test -- libs/cache/test/snapshots.spec.ts` takes more. */
const measured = process.env['SNAPSHOTS'];
const SNAPSHOTS = Number(measured ?? 500);
/** Readers at a time. They share loads. */
const READERS = measured ? 50 : 10;
const WRITE_EACH_MS = 3;
/** On a busy machine, a write may be in progress most of the time. */
const PATIENT = { patienceMs: 60_000 };

const debits = defineCache<number>('debits', { ttl: '60s' });
const credits = defineCache<number>('credits', { ttl: '60s' });

/** The keys of two rows that a transaction changes together. */
interface Pair {
  readonly debit: string;
  readonly credit: string;
}

interface Loads {
  readonly debit: () => Promise<number>;
  readonly credit: () => Promise<number>;
}

type ReadPair = (registry: CacheRegistry, pair: Pair, loads: Loads) => Promise<readonly number[]>;

async function oneServer(): Promise<{ topology: RedisTopology; pair: Pair }> {
  const { server } = await givenRedis();
  return { topology: { mode: 'single', url: server.url }, pair: { debit: '1', credit: '1' } };
}

/** A pair of rows whose records are on different masters. */
async function cluster(): Promise<{ topology: RedisTopology; pair: Pair }> {
  const group = await startClusterGroup();
  onTestFinished(() => group.stop());
  const keys = new RedisKeys('app');
  const debit = keys.record('debits', '1').key;
  for (let number = 1; ; number += 1) {
    const credit = String(number);
    const masters = await group.spread([debit, keys.record('credits', credit).key]);
    if (masters.length === 2)
      return { topology: { mode: 'cluster', nodes: group.addresses }, pair: { debit: '1', credit } };
  }
}

/** Two instances. One moves an amount each 3 ms: it changes both rows together. The other reads pairs with `read`. Returns the torn ones. */
async function tornPairs(given: typeof oneServer, snapshots: number, read: ReadPair): Promise<number> {
  const { topology, pair } = await given();
  const [reader, writer] = [await givenInstanceOn(topology), await givenInstanceOn(topology)];
  for (const { registry } of [reader, writer]) for (const definition of [debits, credits]) registry.create(definition);
  let amount = 0;
  const loads: Loads = { debit: async () => amount, credit: async () => amount };
  const writing = { on: true };
  const writes = (async () => {
    while (writing.on) {
      await writer.registry.write(async (tx) => {
        await Promise.all([tx.invalidate(debits, pair.debit), tx.invalidate(credits, pair.credit)]);
        amount += 1;
      });
      await pause(WRITE_EACH_MS);
    }
  })();
  let torn = 0;
  const reads = async (): Promise<void> => {
    for (let count = 0; count < snapshots; count += READERS) {
      const [debit, credit] = await read(reader.registry, pair, loads);
      if (debit !== credit) torn += 1;
    }
  };
  await Promise.all(Array.from({ length: READERS }, reads));
  writing.on = false;
  await writes;
  return torn;
}

describe.each([
  { where: 'on one server', given: oneServer, snapshots: SNAPSHOTS },
  // A write takes longer there, so fewer moments are between two writes.
  { where: 'on different masters of a cluster', given: cluster, snapshots: measured ? SNAPSHOTS : 20 },
])('pairs of rows $where that a transaction changes together each 3 ms', ({ given, snapshots }) => {
  const timeout = 60_000 + 30 * SNAPSHOTS;

  it('are never torn in a snapshot', { timeout }, async () => {
    const torn = await tornPairs(given, snapshots, (registry, pair, { debit, credit }) =>
      registry.snapshot(
        (read: SnapshotRead) => Promise.all([read(debits, pair.debit, debit), read(credits, pair.credit, credit)]),
        PATIENT,
      ),
    );
    expect(torn).toBe(0);
  });

  it('are torn sometimes without one', { timeout }, async () => {
    const strong = { strong: true };
    const torn = await tornPairs(given, snapshots, async (registry, pair, { debit, credit }) => [
      await registry.find(debits).readThrough(pair.debit, debit, strong),
      await registry.find(credits).readThrough(pair.credit, credit, strong),
    ]);
    expect(torn).toBeGreaterThan(0);
  });
});
