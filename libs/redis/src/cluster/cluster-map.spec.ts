import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeClient } from '../../test/fake-client.js';
import type { RedisClient } from '../connection/driver.js';
import type { ServerAddress } from '../redis-options.js';
import { ClusterMap } from './cluster-map.js';
import { slotOf } from './slot-of.js';

const LAST_SLOT = 16_383;
const HALF = 8_192;
const POLL_MS = 250;

/** What the nodes say: the master of each part of the slots, by the port of the node. */
type Owners = readonly (readonly [first: number, last: number, port: number])[];

/** A cluster whose nodes are named by their ports, and have the ids `n<port>`. */
class FakeCluster {
  owners: Owners = [
    [0, HALF - 1, 1],
    [HALF, LAST_SLOT, 2],
  ];
  /** The host that the nodes announce. */
  host: string | null = 'h';
  /** Nodes that are cut off from the majority, and nodes that never answer. */
  readonly down = new Set<number>();
  readonly silent = new Set<number>();
  /** The ports that were asked, in order. */
  readonly asked: number[] = [];

  readonly connect = ({ port }: ServerAddress): RedisClient => {
    return fakeClient({
      clusterMyId: () => this.#reply(port, `n${port}`),
      clusterInfo: () => this.#reply(port, `cluster_state:${this.down.has(port) ? 'fail' : 'ok'}\r\n`),
      clusterSlots: () => {
        this.asked.push(port);
        const nodeOf = (owner: number) => ({ host: this.host, port: owner, id: `n${owner}` });
        return this.#reply(
          port,
          this.owners.map(([from, to, owner]) => ({ from, to, master: nodeOf(owner), replicas: [] })),
        );
      },
    });
  };

  async #reply<T>(port: number, answer: T): Promise<T> {
    return this.silent.has(port) ? new Promise(() => {}) : answer;
  }
}

describe(ClusterMap.name, () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function givenMap(nodes = [1, 2], state: Partial<FakeCluster> = {}) {
    const cluster = Object.assign(new FakeCluster(), state);
    const map = new ClusterMap({ mode: 'cluster', nodes: nodes.map((port) => ({ host: 'h', port })) }, cluster.connect);
    const onChange = vi.fn<() => void>();
    const stop = map.watch(onChange);
    await vi.advanceTimersByTimeAsync(0);
    const ports = () => map.shards.map(({ master }) => master?.port);
    return { cluster, map, onChange, stop, ports };
  }

  const keyOf = (upper: boolean) => ['a', 'b', 'c', 'd'].find((key) => slotOf(key) >= HALF === upper) ?? '';

  it('knows the master of each key, and leads to the master that answered', async () => {
    const { map } = await givenMap([2, 1]);
    expect([map.shardOf(keyOf(false))?.master?.port, map.shardOf(keyOf(true))?.master?.port]).toEqual([1, 2]);
    expect([map.master?.port, map.problem]).toEqual([2, undefined]);
  });

  it('keeps a shard whose replica takes over', async () => {
    const { cluster, map, onChange } = await givenMap();
    const shard = map.shardOf(keyOf(true));
    cluster.owners = [
      [0, HALF - 1, 1],
      [HALF, LAST_SLOT, 5],
    ];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([map.shardOf(keyOf(true)), shard?.master?.port, map.shards.length]).toEqual([shard, 5, 2]);
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  it('keeps a shard whose slots have no owner, gives it the next one, and drops it when another master has them', async () => {
    const { cluster, map, ports } = await givenMap();
    const shard = map.shardOf(keyOf(true));
    cluster.owners = [[0, HALF - 1, 1]];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([map.shardOf(keyOf(true)), map.shards.length]).toEqual([shard, 2]);
    expect([shard?.master, shard?.problem]).toEqual([undefined, 'CLUSTERDOWN']);
    cluster.owners = [
      [0, HALF - 1, 1],
      [HALF, LAST_SLOT, 6],
    ];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([map.shardOf(keyOf(true)), shard?.master?.port]).toEqual([shard, 6]);
    cluster.owners = [[0, LAST_SLOT, 1]];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([ports(), map.shardOf(keyOf(true))?.master?.port]).toEqual([[1], 1]);
  });

  it('has a new shard for a master that gets slots of another one', async () => {
    const { cluster, map, ports } = await givenMap();
    const [lower, upper] = map.shards;
    cluster.owners = [
      [0, HALF - 1, 1],
      [HALF, LAST_SLOT - 1, 2],
      [LAST_SLOT, LAST_SLOT, 3],
    ];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([ports(), map.shards.slice(0, 2)]).toEqual([
      [1, 2, 3],
      [lower, upper],
    ]);
  });

  it('ignores the map of a node that is cut off from the majority, and asks the next one', async () => {
    const { cluster, ports } = await givenMap();
    const [node = 0] = cluster.asked;
    cluster.down.add(node);
    cluster.owners = [[0, LAST_SLOT, 9]];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(ports()).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([ports(), cluster.asked.at(-1) !== node]).toEqual([[9], true]);
  });

  it('asks the next node when one does not answer within 250 ms', async () => {
    const { cluster, map } = await givenMap();
    const [node = 0] = cluster.asked;
    cluster.silent.add(node);
    await vi.advanceTimersByTimeAsync(POLL_MS + 249);
    expect(map.master?.port).toBe(node);
    await vi.advanceTimersByTimeAsync(20);
    expect(map.master?.port).not.toBe(node);
  });

  it('asks at most once in 50 ms after errors, and says so of a redirection', async () => {
    const { cluster, map } = await givenMap();
    const before = cluster.asked.length;
    expect([map.noteError('ECONNRESET'), map.noteError('MOVED')]).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(49);
    expect(cluster.asked.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(cluster.asked.length).toBe(before + 1);
  });

  it.each([null, '', '?'])('takes the host that was asked for the unknown host %j', async (host) => {
    const { map } = await givenMap([1], { host });
    expect(map.shards.map(({ master }) => master)).toEqual([
      { host: 'h', port: 1 },
      { host: 'h', port: 2 },
    ]);
    expect(map.shardAt({ host: '?', port: 2 })).toBe(map.shards[1]);
  });

  it('leads to another master once a replica answers, and asks the next node', async () => {
    const { cluster, map } = await givenMap();
    cluster.owners = [
      [0, HALF - 1, 5],
      [HALF, LAST_SLOT, 2],
    ];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([map.master?.port, cluster.asked.at(-1)]).toEqual([5, 1]);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([map.master?.port, cluster.asked.at(-1)]).toEqual([2, 2]);
  });

  it('is unknown while no node has contact with a majority, and says so', async () => {
    const { map } = await givenMap([1, 2], { down: new Set([1, 2]) });
    expect([map.master, map.problem]).toEqual([undefined, 'CLUSTER_CLUSTERDOWN']);
  });

  it('finds a shard by the address that its master announces', async () => {
    const { map } = await givenMap();
    expect(map.shardAt({ host: 'h', port: 2 })).toBe(map.shards[1]);
    expect(map.shardAt({ host: '', port: 2 })).toBe(map.shards[1]);
    expect(map.shardAt({ host: 'other', port: 2 })).toBeUndefined();
  });

  it('asks no more once it is not watched', async () => {
    const { cluster, stop } = await givenMap();
    stop();
    const before = cluster.asked.length;
    await vi.advanceTimersByTimeAsync(4 * POLL_MS);
    expect(cluster.asked.length).toBe(before);
  });
});
