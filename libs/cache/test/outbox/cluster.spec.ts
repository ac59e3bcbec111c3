import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { startClusterGroup } from '../../../../test/support/redis/cluster-group.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { givenDatabase, givenFollower } from './given-outbox.js';

const names = defineCache<string>('names', { ttl: '60s', from: { table: 'people', key: 'id' } });
const IDS = Array.from({ length: 12 }, (_, index) => `p${index}`);

it('a change by another program reaches every instance of a cluster, whichever master has the entry', async () => {
  const group = await startClusterGroup();
  onTestFinished(() => group.stop());
  await group.settled();
  const { pool } = await givenDatabase(['create table people (id text primary key, name text not null)'], [names]);
  for (const id of IDS) await pool.query('insert into people values ($1, $2)', [id, 'old']);
  const topology = { mode: 'cluster', nodes: group.addresses } as const;
  const instances = await Promise.all([1, 2].map(() => givenFollower(pool, topology, { caches: [names] })));
  const readAll = async () =>
    Promise.all(
      instances.flatMap(({ registry }) =>
        IDS.map((id) =>
          registry.find(names).readThrough(id, async () => {
            const { rows } = await pool.query('select name from people where id = $1', [id]);
            return String(rows[0].name);
          }),
        ),
      ),
    );
  await eventually(async () => {
    await readAll();
    // Every entry is in the memory of both.
    for (const { registry } of instances) expect(registry.counters()['names']?.tiers.l1.entries).toBe(IDS.length);
  });
  await pool.query("update people set name = 'new'");
  await eventually(async () => expect(new Set(await readAll())).toEqual(new Set(['new'])));
}, 60_000);
