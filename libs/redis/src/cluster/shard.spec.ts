import { describe, expect, it, vi } from 'vitest';
import { Shard } from './shard.js';

const MASTER = { host: 'h', port: 1 };

function givenShard() {
  const noteError = vi.fn<(code: string) => boolean>((code) => code === 'MOVED');
  const shard = new Shard({ lagMs: 1, noteError });
  shard.assign('a', MASTER);
  const onChange = vi.fn<() => void>();
  return { noteError, shard, onChange, stop: shard.watch(onChange) };
}

describe(Shard.name, () => {
  it('reports another address of its master, and no other id', () => {
    const { shard, onChange, stop } = givenShard();
    shard.assign('b', { ...MASTER });
    expect([onChange.mock.calls.length, shard.nodeId]).toEqual([0, 'b']);
    shard.assign('c', { ...MASTER, port: 2 });
    expect([onChange.mock.calls.length, shard.nodeId, shard.master]).toEqual([1, 'c', { host: 'h', port: 2 }]);
    stop();
    shard.assign('a', MASTER);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('has no master while no node owns its slots', () => {
    const { shard, onChange } = givenShard();
    shard.assign('a');
    expect([shard.master, shard.problem, onChange.mock.calls.length]).toEqual([undefined, 'CLUSTERDOWN', 1]);
  });

  it('passes each error to its map, which returns whether the record is elsewhere', () => {
    const { shard, noteError } = givenShard();
    expect([shard.noteError('MOVED'), shard.noteError('READONLY')]).toEqual([true, false]);
    expect(noteError.mock.calls).toEqual([['MOVED'], ['READONLY']]);
  });
});
