import { RedisConnection, slotOf } from '@nuthatch/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/free-port.js';
import { type ClusterGroup, startClusterGroup } from '../../../test/support/redis/cluster-group.js';
import { order } from '../../../test/support/redis/sentinel-group.js';

let group: ClusterGroup;
beforeAll(async () => {
  group = await startClusterGroup();
});
afterAll(() => group.stop());
beforeEach(() => group.settled());

async function connect(nodes: readonly { readonly host: string; readonly port: number }[] = group.addresses) {
  const redis = new RedisConnection({ topology: { mode: 'cluster', nodes } });
  onTestFinished(() => redis.close());
  redis.open();
  await redis.firstAttempt;
  const map = redis.cluster;
  if (!map) throw new Error('The connection has no map.');
  return { redis, map };
}

async function connectTo(redis: RedisConnection, key: string) {
  const shard = redis.cluster?.shardOf(key);
  if (!shard) throw new Error(`No shard has ${key}.`);
  const master = redis.connectTo(shard);
  onTestFinished(() => master.close());
  master.open();
  await eventually(() => expect(master.state.connected).toBe(true));
  return master;
}

describe(slotOf, () => {
  it.each(['', 'a', 'user:{42}:name', '{}x', 'x{', '{a}{b}', '{{a}}', 'ä{ö}ü', '😀'])(
    'returns the slot of %j that Redis computes',
    async (key) => {
      expect(slotOf(key)).toBe(await order(group.addresses[0]?.port ?? 0, 'CLUSTER', 'KEYSLOT', key));
    },
  );
});

describe('a cluster', () => {
  it('is found through one of its nodes, also through a replica', async () => {
    const replica = await group.replicaOf(await group.masterOf('k'));
    const { redis, map } = await connect([
      { host: '127.0.0.1', port: await freePort() },
      { host: '127.0.0.1', port: replica.port },
    ]);
    await eventually(() =>
      expect(redis.state).toMatchObject({ mode: 'cluster', connected: true, lastError: undefined }),
    );
    const ports = (await group.masters()).map(({ port }) => port);
    expect(new Set(map.shards.map(({ master }) => master?.port))).toEqual(new Set(ports));
  });

  it('has a connection to the master of each key, and each key has one', async () => {
    const { redis, map } = await connect();
    for (const key of ['a', 'b', 'c']) {
      const shard = map.shardOf(key);
      expect(shard?.master?.port).toBe((await group.masterOf(key)).port);
      const master = await connectTo(redis, key);
      await master.run((client) => client.set(key, 'v'));
    }
  });

  it('redirects to the master of another key, which counts neither as a refusal nor as a failure', async () => {
    const { redis, map } = await connect();
    const key = ['a', 'b', 'c', 'd'].find((other) => map.shardOf(other) !== map.shardOf('k')) ?? '';
    const master = await connectTo(redis, 'k');
    await expect(master.run((client) => client.get(key))).rejects.toThrow(/^MOVED /);
    expect(master.state).toMatchObject({ connected: true, lastError: undefined });
  });

  it('keeps its shards through a failover, whose connections follow to the new master, with another identity', async () => {
    const { redis, map } = await connect();
    const [shard, shards] = [map.shardOf('k'), map.shards];
    const master = await connectTo(redis, 'k');
    const { serverId } = master;
    const former = await group.masterOf('k');
    await group.failOver(former);
    const agreedAt = performance.now();
    await eventually(() => master.run((client) => client.set('k', 'v')));
    const tookMs = performance.now() - agreedAt;
    expect([map.shardOf('k'), new Set(map.shards)]).toEqual([shard, new Set(shards)]);
    expect(shard?.master?.port).toBe((await group.masterOf('k')).port);
    expect(master.serverId).not.toBe(serverId);
    expect(tookMs).toBeLessThan(1_500);
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('is asked for its masters at another node, while the one that was asked does not answer', async () => {
    const { redis, map } = await connect();
    const asked = map.master?.port;
    const server = group.servers.find(({ port }) => port === asked);
    server?.freeze();
    onTestFinished(async () => {
      server?.thaw();
      await group.settled();
    });
    await eventually(() => expect(map.master?.port).not.toBe(asked), { within: 10_000 });
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('gives a slot that has moved to its new master', async () => {
    const { map } = await connect();
    const target = (await group.masters()).find(({ port }) => port !== map.shardOf('moving')?.master?.port);
    if (!target) throw new Error('There is one master only.');
    await group.moveSlots([slotOf('moving')], target);
    await eventually(() => expect(map.shardOf('moving')?.master?.port).toBe(target.port));
  });

  it('is unknown while none of its nodes answers, and if the server is no cluster', async () => {
    const { redis } = await connect([{ host: '127.0.0.1', port: await freePort() }]);
    expect(redis.state).toMatchObject({ connected: false, master: undefined, lastError: 'CLUSTER_ECONNREFUSED' });
    const single = await connect([{ host: '127.0.0.1', port: Number(new URL(inject('redisUrl')).port) }]);
    await eventually(() =>
      expect(single.redis.state.lastError).toBe('CLUSTER_ERR This instance has cluster support disabled'),
    );
  });
});
