import { describe, expect, it, vi } from 'vitest';
import { Shard } from './shard.js';

function givenShard() {
  const refresh = vi.fn<() => void>();
  const master = { id: 'a', address: { host: 'h', port: 1 }, slots: [{ first: 10, last: 19 }] };
  return { refresh, master, shard: new Shard({ lagMs: 1, refresh }, master) };
}

describe(Shard.name, () => {
  it('owns the slots of its master', () => {
    const { shard } = givenShard();
    expect([9, 10, 19, 20].map((slot) => shard.owns(slot))).toEqual([false, true, true, false]);
  });

  it('reports another address of its master, and no change of its slots', () => {
    const { shard, master } = givenShard();
    const onChange = vi.fn<() => void>();
    const stop = shard.watch(onChange);
    shard.assign({ ...master, slots: [] });
    expect(onChange).not.toHaveBeenCalled();
    shard.assign({ ...master, id: 'b', address: { host: 'h', port: 2 } });
    expect([onChange.mock.calls.length, shard.nodeId, shard.master]).toEqual([1, 'b', { host: 'h', port: 2 }]);
    stop();
    shard.assign(master);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['MOVED', true],
    ['ASK', true],
    ['CLUSTERDOWN', false],
    ['READONLY', false],
    ['ECONNREFUSED', false],
    ['REDIS_TIMEOUT', false],
  ])('asks for the masters after %s, which says that the record is elsewhere: %s', (code, isElsewhere) => {
    const { shard, refresh } = givenShard();
    expect([shard.noteError(code), refresh.mock.calls.length]).toEqual([isElsewhere, 1]);
  });
});
