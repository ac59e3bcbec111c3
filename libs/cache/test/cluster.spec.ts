import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixOf, RedisConnection, slotOf } from '@nuthatch/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type ClusterGroup, startClusterGroup } from '../../../test/support/redis/cluster-group.js';
import { order } from '../../../test/support/redis/sentinel-group.js';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RedisKeys } from '../src/core/store/redis-keys.js';
import { givenInstanceOn } from './given-instance.js';

const KEYS = Array.from({ length: 12 }, (_, index) => `k${index}`);
/** The record of a key in the cache of given-instance.ts. */
const recordOf = (key: string) => new RedisKeys('app').record('numbers', key).key;
const listed = defineCache<number>('listed', { ttl: '60s', tags: () => ['list'] });

let group: ClusterGroup;
beforeAll(async () => {
  group = await startClusterGroup();
}, 60_000);
afterAll(() => group.stop());
beforeEach(() => group.settled(), 60_000);

const topology = () => ({ mode: 'cluster', nodes: group.addresses }) as const;

async function givenTwo() {
  const instances = [await givenInstanceOn(topology()), await givenInstanceOn(topology())] as const;
  return instances;
}

/** One key for each master. */
async function spreadKeys(): Promise<readonly string[]> {
  const records = await group.spread(KEYS.map(recordOf));
  return KEYS.filter((key) => records.includes(recordOf(key)));
}

describe('instances on a cluster', () => {
  it("read each other's entries, whichever master has them (Julien-R44/bentocache PR #98, Julien-R44/bentocache#96, adonisjs/cache#15, jaredwray/keyv#1562)", async () => {
    const [a, b] = await givenTwo();
    expect(await spreadKeys()).toHaveLength(3);
    for (const [index, key] of KEYS.entries()) expect(await a.cache.readThrough(key, async () => index)).toBe(index);
    for (const [index, key] of KEYS.entries())
      expect(await b.cache.read(key, async () => -1)).toMatchObject({ status: 'hit', answer: { value: index } });
  });

  it('read and load a batch over all masters with one load', async () => {
    const [a, b] = await givenTwo();
    const keys = KEYS.map((key) => `batch-${key}`);
    let loads = 0;
    const load = async (missing: readonly string[]) => {
      loads += 1;
      return new Map(missing.map((key) => [key, key.length]));
    };
    const values = keys.map((key) => key.length);
    expect(await a.cache.readThroughMany(keys, load)).toEqual(values);
    expect(await b.cache.readThroughMany(keys, load)).toEqual(values);
    expect(loads).toBe(1);
  });

  it("receive each other's writes at once, from every master", async () => {
    const [a, b] = await givenTwo();
    for (const key of await spreadKeys()) {
      await b.cache.readThrough(key, async () => 1);
      await eventually(async () => expect((await b.cache.read(key, async () => 1))?.tier).toBe('l1'));
      await a.cache.writeThrough(key, async () => 2);
      const local = () => b.cache.at(key)?.getFromMemory();
      await eventually(() => expect(local()).toBeUndefined(), { within: 200 });
      expect(await b.cache.readThrough(key, async () => -1)).toBe(2);
      expect(await b.cache.readThrough(key, async () => -1, { strong: true })).toBe(2);
    }
  });

  it('invalidate entries of all masters by a tag, and by clearing the cache', async () => {
    const [a, b] = await givenTwo();
    const [ofA, ofB] = [a, b].map(({ registry }) => registry.create(listed));
    if (!(ofA instanceof Cache && ofB instanceof Cache)) throw new Error('A cache is missing.');
    for (const key of KEYS) await ofB.readThrough(key, async () => 1);
    expect(await ofA.invalidateTags(['list'])).toBe('applied');
    for (const key of KEYS) expect(await ofB.readThrough(key, async () => 2, { strong: true })).toBe(2);
    expect(await ofA.clear()).toBe('applied');
    for (const key of KEYS) expect(await ofB.readThrough(key, async () => 3, { strong: true })).toBe(3);
  });

  it('keep an entry in memory for at most half of maxStaleness', async () => {
    const { cache } = await givenInstanceOn(topology(), 'short', { maxStaleness: '1s' });
    await cache.readThrough('k', async () => 1);
    const local = () => cache.at('k')?.getFromMemory();
    await eventually(() => expect(local()).toBeDefined());
    await eventually(() => expect(local()).toBeUndefined(), { within: 600 });
  });

  it('use a record while its slot is moving, and after it has moved', async () => {
    const [a, b] = await givenTwo();
    const key = 'moving';
    const slot = slotOf(recordOf(key));
    const target = (await group.masters()).find(
      ({ port }) => port !== a.redis.cluster?.shardOf(recordOf(key))?.master?.port,
    );
    if (!target) throw new Error('There is one master only.');
    await a.cache.readThrough(key, async () => 1);
    let during: readonly unknown[] = [];
    await group.moveSlots([slot], target, async () => {
      const read = await b.cache.read(key, async () => -1, { strong: true });
      const written = await a.cache.writeThrough(key, async () => 2);
      const again = await b.cache.read(key, async () => -1, { strong: true });
      during = [read?.status, read?.answer.value, written, again?.status, again?.answer.value];
    });
    expect(during).toEqual(['hit', 1, 2, 'hit', 2]);
    expect(await b.cache.read(key, async () => -1, { strong: true })).toMatchObject({
      status: 'hit',
      answer: { value: 2 },
    });
    // The instance may learn of the new master meanwhile. Then the write leaves no value.
    await a.cache.writeThrough(key, async () => 3);
    expect(await b.cache.readThrough(key, async () => 3, { strong: true })).toBe(3);
    await eventually(async () => expect((await b.cache.read(key, async () => 3))?.tier).toBe('l1'));
    await eventually(() => expect([a.runtime.pending.size, a.registry.refusal]).toEqual([0, undefined]));
  });

  it('read and load a batch while one of its records is moving, whether it exists or not', async () => {
    const [a, b] = await givenTwo();
    const keys = Array.from({ length: 30 }, (_, index) => `in-batch-${index}`);
    const [target] = await group.masters();
    if (!target) throw new Error('There is no master.');
    const [missing = '', present = ''] = keys.filter(
      (key) => a.redis.cluster?.shardOf(recordOf(key))?.master?.port !== target.port,
    );
    const load = async (loaded: readonly string[]) => new Map(loaded.map((key) => [key, loaded.length]));
    const stored = keys.filter((key) => key !== missing);
    await a.cache.readThroughMany(stored, load);
    const during: (readonly unknown[])[] = [];
    await group.moveSlots([missing, present].map(recordOf).map(slotOf), target, async () => {
      during.push(await b.cache.readThroughMany(keys, load, { strong: true }));
    });
    // The missing key is loaded alone.
    const expected = keys.map((key) => (key === missing ? 1 : stored.length));
    expect(during).toEqual([expected, expected]);
    const at = Date.now();
    expect(await a.cache.readThroughMany(keys, async () => new Map(), { strong: true })).toEqual(expected);
    // No lease of the batch is left.
    expect(Date.now() - at).toBeLessThan(500);
  });

  it('report each master, and whether it is connected and verified', async () => {
    const { registry, redis } = await givenInstanceOn(topology());
    const masters = (await group.masters()).map(({ port }) => `127.0.0.1:${port}`).toSorted();
    const states = registry.masters ?? [];
    expect(states.map(({ master }) => master).toSorted()).toEqual(masters);
    for (const state of states) expect(state).toMatchObject({ connected: true, verified: true, lastError: undefined });
    expect(redis.state.mode).toBe('cluster');
  });

  it('notice that one master has lost its data, and use the others on', async () => {
    const [a, b] = await givenTwo();
    for (const key of KEYS) await a.cache.readThrough(key, async () => 1);
    const { port } = await group.masterOf(recordOf('k0'));
    await order(port, 'FLUSHALL');
    for (const key of KEYS) await a.cache.writeInvalidate(key, async () => {});
    for (const key of KEYS) expect(await b.cache.readThrough(key, async () => 2, { strong: true })).toBe(2);
    await eventually(() => expect([a, b].map(({ runtime }) => runtime.pending.size)).toEqual([0, 0]));
    await eventually(async () => expect((await b.cache.read('k0', async () => 3))?.status).toBe('hit'));
  });

  it(
    'work as a Redis user with the rules of the pages, and report what a user without them needs',
    { timeout: 30_000 },
    async () => {
      const page = (name: string) => readFile(join(import.meta.dirname, '../../../docs/operations', name), 'utf8');
      const [, rules = ''] = /^ACL SETUSER nuthatch on >secret (.+)$/m.exec(await page('README.md')) ?? [];
      const [, cluster = ''] = /`(\+cluster\|.+)` and the channels `/.exec(await page('redis-topologies.md')) ?? [];
      const [, channels = ''] = /and the channels `(.+)`/.exec(await page('redis-topologies.md')) ?? [];
      const grant = (...words: string[]) =>
        Promise.all(
          group.servers.map(({ port }) => order(port, 'ACL', 'SETUSER', 'nuthatch', 'on', '>secret', ...words)),
        );
      await grant(...rules.split(' '));
      const options = { topology: topology(), access: () => ({ username: 'nuthatch', password: 'secret' }) };
      const refused = new RedisConnection(options);
      onTestFinished(() => refused.close());
      refused.open();
      await eventually(() => expect(refused.state.lastError).toBe('CLUSTER_NOPERM'));
      expect(fixOf(refused.state.lastError)).toMatch(/grant its user CLUSTER/);
      await grant(...cluster.split(' '), channels);
      const { cache, registry, redis } = await givenInstanceOn(options.topology, 'nuthatch', {}, options.access);
      for (const key of KEYS) {
        await cache.readThrough(key, async () => 1);
        await cache.writeThrough(key, async () => 2);
        expect(await cache.readThrough(key, async () => -1, { strong: true })).toBe(2);
      }
      expect(await cache.readThroughMany(KEYS, async () => new Map(), { strong: true })).toEqual(KEYS.map(() => 2));
      expect([registry.refusal, redis.state.lastError]).toEqual([undefined, undefined]);
      for (const { lastError } of registry.masters ?? []) expect(lastError).toBeUndefined();
    },
  );

  it('scan the entries of all masters', async () => {
    const { cache } = await givenInstanceOn(topology(), 'scanned');
    for (const [index, key] of KEYS.entries()) await cache.set(key, index);
    const values: number[] = [];
    for await (const value of cache.values()) values.push(value);
    expect(values.toSorted((one, other) => one - other)).toEqual(KEYS.map((_, index) => index));
  });

  it('bring back nothing old after a failover, and write on the new master at once', { timeout: 30_000 }, async () => {
    const [a, b] = await givenTwo();
    for (const key of KEYS) await a.cache.readThrough(key, async () => 1);
    const master = await group.masterOf(recordOf('k0'));
    await group.failOver(master);
    await eventually(async () => expect(await a.cache.invalidate('k0')).toBe('applied'), { within: 1_000 });
    for (const key of KEYS) await a.cache.writeInvalidate(key, async () => {});
    for (const key of KEYS) expect(await b.cache.readThrough(key, async () => 2, { strong: true })).toBe(2);
    await eventually(async () => expect((await b.cache.read('k0', async () => 3))?.status).toBe('hit'));
    expect(a.redis.cluster?.shards).toHaveLength(3);
  });

  it(
    'load at once while a demoted master refuses calls with READONLY, and find entries in Redis again after maxStaleness',
    { timeout: 30_000 },
    async () => {
      const { cache, registry } = await givenInstanceOn(topology(), 'demoted');
      const read = async () => {
        const startedAt = performance.now();
        let loads = 0;
        const load = async (missing: readonly string[]) => {
          loads += missing.length;
          return new Map(missing.map((key) => [key, 1]));
        };
        expect(await cache.readThroughMany(KEYS, load, { strong: true })).toEqual(KEYS.map(() => 1));
        return { loads, tookMs: performance.now() - startedAt };
      };
      await eventually(async () => expect((await read()).loads).toBe(0));
      const failingOver = group.failOver(await group.masterOf(new RedisKeys('demoted').record('numbers', 'k0').key));
      // Before that, Redis lets writes wait until the replica has all data.
      await eventually(
        async () => {
          await read();
          expect(registry.masters?.map(({ lastError }) => lastError)).toContain('READONLY');
        },
        { within: 20_000, every: 2 },
      );
      const refusedAt = performance.now();
      let longestMs = 0;
      await eventually(async () => {
        const { loads, tookMs } = await read();
        longestMs = Math.max(longestMs, tookMs);
        expect(loads).toBe(0);
      });
      expect(performance.now() - refusedAt).toBeLessThan(2_500);
      // The deadline of an operation is one second.
      expect(longestMs).toBeLessThan(500);
      await failingOver;
    },
  );
});
