import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { RedisSimulator, type SimulatedStore } from '../../testing/redis-simulator.js';
import { ClusterStore } from './cluster-store.js';

const TTL_MS = 60_000;

/** Two masters: one has the records that begin with a, the other one those that begin with b. */
function givenCluster() {
  const clock = new ManualClock();
  const listener = { onInvalidation: () => {}, onChannelLost: () => {}, onHeartbeat: () => {} };
  const member = () => {
    const server = new RedisSimulator(clock);
    return { server, store: server.connect(listener), importing: server.connect(listener) };
  };
  const members = { a: member(), b: member() };
  const of = (recordKey: string) =>
    recordKey.startsWith('a') ? members.a : recordKey.startsWith('b') ? members.b : undefined;
  const cluster = {
    all: Object.values(members),
    of,
    at: (shard: 'a' | 'b') => members[shard],
    states: [],
  };
  const shardAt = ({ port }: { readonly port: number }) => (port === 1 ? 'a' : port === 2 ? 'b' : undefined);
  const store = new ClusterStore(
    { operationTimeoutMs: 100 },
    { shardAt } as unknown as ConstructorParameters<typeof ClusterStore>[1],
    cluster as unknown as ConstructorParameters<typeof ClusterStore>[2],
    new Map(),
  );
  return { store, ...members };
}

const redirect = (store: SimulatedStore, reply: string) =>
  vi.spyOn(store, 'invalidate').mockRejectedValueOnce(new Error(reply));

describe(ClusterStore.name, () => {
  it('takes each step on the master of its record', async () => {
    const { store, a, b } = givenCluster();
    await store.ensureTagVersion('a1', 'V|one', TTL_MS);
    await store.ensureTagVersion('b1', 'V|two', TTL_MS);
    expect([a.server.text('a1'), b.server.text('b1'), b.server.text('a1')]).toEqual(['V|one', 'V|two', undefined]);
  });

  it('reads records and tags of several masters in the order in which they were asked for', async () => {
    const { store } = givenCluster();
    for (const name of ['a1', 'a2', 'b1', 'b2']) await store.ensureTagVersion(name, `V|${name}`, TTL_MS);
    const { records, tags } = await store.read(['b1', 'a1', 'b0'], ['a2', 'a0', 'b2']);
    expect(records.map(({ text }) => text)).toEqual(['V|b1', 'V|a1', null]);
    expect(tags).toEqual(['V|a2', null, 'V|b2']);
  });

  it('releases the leases of a reading that fails for the record of another master', async () => {
    const { store, a, b } = givenCluster();
    b.store.disconnect();
    const lease = { token: 'token', leaseMs: 1_000, replaces: undefined };
    await expect(store.read(['a1', 'b1'], [], { lease })).rejects.toThrow('unavailable');
    await new Promise(setImmediate);
    expect(a.server.text('a1')).toBeUndefined();
  });

  it('reads from each master once', async () => {
    const { store, a, b } = givenCluster();
    const reads = [vi.spyOn(a.store, 'read'), vi.spyOn(b.store, 'read')];
    await store.read(['a1', 'b1', 'a2'], ['b2', 'a3']);
    expect(reads.map((read) => read.mock.calls.map(([records, tags]) => [records, tags]))).toEqual([
      [[['a1', 'a2'], ['a3']]],
      [[['b1'], ['b2']]],
    ]);
  });

  it('reads each record of a master alone when one has moved, and keeps the leases that it has acquired already', async () => {
    const { store, a, b } = givenCluster();
    await b.store.ensureTagVersion('a2', 'V|moved', TTL_MS);
    const lease = { token: 'token', leaseMs: 1_000, replaces: undefined };
    const read = a.store.read.bind(a.store);
    vi.spyOn(a.store, 'read').mockImplementation(async (records, tags, options) => {
      const others = records.filter((recordKey) => recordKey !== 'a2');
      const reading = await read(others, tags, options);
      if (others.length < records.length) throw new Error('MOVED 1 127.0.0.1:2');
      return reading;
    });
    const { records, tags } = await store.read(['a1', 'a2', 'a3'], ['a4'], { lease });
    expect(records.map(({ text, acquired }) => [text, acquired])).toEqual([
      [null, true],
      ['V|moved', undefined],
      [null, true],
    ]);
    expect(tags).toEqual([null]);
  });

  it('rejects a step on a record that no master owns', async () => {
    const { store } = givenCluster();
    await expect(store.invalidate('c1')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    expect(store.sessionOf('c1')).toBeUndefined();
  });

  it('takes a step that was redirected once more: on the owner of the slot, or as an import on the master it moves to', async () => {
    const { store, a, b } = givenCluster();
    const [owner, importing] = [vi.spyOn(b.store, 'invalidate'), vi.spyOn(b.importing, 'invalidate')];
    redirect(a.store, 'MOVED 1 127.0.0.1:2');
    await store.invalidate('a1');
    expect([owner.mock.calls.length, importing.mock.calls.length]).toEqual([1, 0]);
    redirect(a.store, 'ASK 1 127.0.0.1:2');
    await store.invalidate('a1');
    expect([owner.mock.calls.length, importing.mock.calls.length]).toEqual([1, 1]);
  });

  it('gives up after one redirection, and at a master that it does not know', async () => {
    const { store, a, b } = givenCluster();
    redirect(a.store, 'MOVED 1 127.0.0.1:2');
    redirect(b.store, 'MOVED 1 127.0.0.1:1');
    await expect(store.invalidate('a1')).rejects.toThrow('MOVED 1 127.0.0.1:1');
    redirect(a.store, 'ASK 1 127.0.0.1:3');
    await expect(store.invalidate('a1')).rejects.toThrow('ASK 1 127.0.0.1:3');
  });

  it.each(['TRYAGAIN Multiple keys', 'CLUSTERDOWN Hash slot not served', 'OOM command not allowed'])(
    'does not take a step again after %s',
    async (reply) => {
      const { store, a } = givenCluster();
      const step = redirect(a.store, reply);
      await expect(store.invalidate('a1')).rejects.toThrow(reply);
      expect(step).toHaveBeenCalledTimes(1);
    },
  );

  it('has a session while all masters are connected, and each record the session of its own master', () => {
    const { store, a, b } = givenCluster();
    const [whole, ofA] = [store.session, store.sessionOf('a1')];
    b.store.disconnect();
    expect([store.session, store.sessionOf('a1'), store.sessionOf('b1')]).toEqual([undefined, ofA, undefined]);
    b.store.reconnect();
    expect(store.session).not.toBe(whole);
    a.store.reconnect();
    expect(store.sessionOf('a1')).not.toBe(ofA);
  });
});
