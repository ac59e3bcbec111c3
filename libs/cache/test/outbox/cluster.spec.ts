import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { type ClusterGroup, startClusterGroup } from '../../../../test/support/redis/cluster-group.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { givenDatabase, givenFollower } from './given-outbox.js';

const names = defineCache<string>('names', { ttl: '60s', from: { table: 'people', key: 'id' } });
const IDS = Array.from({ length: 12 }, (_, index) => `p${index}`);

let group: ClusterGroup;
beforeAll(async () => {
  group = await startClusterGroup();
  await group.settled();
}, 60_000);
afterAll(() => group.stop());

async function givenPeople() {
  const { pool } = await givenDatabase(['create table people (id text primary key, name text not null)'], [names]);
  for (const id of IDS) await pool.query('insert into people values ($1, $2)', [id, 'old']);
  const nameOf = async (id: string) => {
    const { rows } = await pool.query('select name from people where id = $1', [id]);
    return String(rows[0].name);
  };
  const instance = async (polls = true) => {
    const topology = { mode: 'cluster', nodes: group.addresses } as const;
    const follower = await givenFollower(pool, topology, { caches: [names], polls });
    const read = (id: string, strong = false) => follower.registry.find(names).read(id, () => nameOf(id), { strong });
    return { ...follower, read };
  };
  return { pool, instance };
}

it('a change by another program reaches every instance of a cluster, whichever master has the entry', async () => {
  const { pool, instance } = await givenPeople();
  const instances = [await instance(), await instance()];
  const readAll = async () => {
    const results = await Promise.all(instances.flatMap(({ read }) => IDS.map((id) => read(id))));
    return results.map((result) => result?.answer.value);
  };
  await eventually(async () => {
    await readAll();
    // Every entry is in the memory of both.
    for (const { registry } of instances) expect(registry.counters()['names']?.tiers.l1.entries).toBe(IDS.length);
  });
  await pool.query("update people set name = 'new'");
  await eventually(async () => expect(new Set(await readAll())).toEqual(new Set(['new'])));
}, 60_000);

it('an instance reads nothing from a cluster until its first poll has applied what it missed', async () => {
  const { pool, instance } = await givenPeople();
  const before = await instance();
  await eventually(async () => {
    for (const id of IDS) expect((await before.read(id, true))?.tier).toBe('l2');
  });
  await before.stop();
  await pool.query("update people set name = 'new'");
  const after = await instance(false);
  await eventually(() => expect(after.runtime.coherence.fresh).toBe(true));
  for (let count = 0; count < 30; count += 1) {
    for (const id of IDS) expect(await after.read(id)).toMatchObject({ tier: undefined, answer: { value: 'new' } });
    await pause(10);
  }
  await eventually(async () => {
    await after.relay.poll();
    for (const id of IDS) expect(await after.read(id, true)).toMatchObject({ tier: 'l2', answer: { value: 'new' } });
  });
}, 60_000);
