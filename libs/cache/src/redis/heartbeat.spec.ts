import type { RedisClient } from '@nuthatch/redis';
import { describe, expect, it, vi } from 'vitest';
import { Heartbeat } from './heartbeat.js';

/** A heartbeat on a server that counts each name, and moves names away. */
function givenHeartbeat() {
  const counts = new Map<string, number>();
  const moved = new Set<string>();
  const sendCommand = async ([, , , key = '']: readonly string[]): Promise<unknown> => {
    if (moved.has(key)) throw new Error(`MOVED 1 127.0.0.1:1`);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return [counts.get(key)];
  };
  const names = { heartbeat: 'h1', change: vi.fn<() => void>() };
  const listener = { onRefused: vi.fn<(error: Error) => void>(), onDataLost: vi.fn<() => void>() };
  const heartbeat = new Heartbeat(names);
  heartbeat.listen(listener);
  const beat = () => heartbeat.beat({ sendCommand } as unknown as RedisClient);
  return { beat, counts, moved, names, listener };
}

describe(Heartbeat.name, () => {
  it('reports the loss of data once its count is lower than the last one', async () => {
    const { beat, counts, listener } = givenHeartbeat();
    await beat();
    await beat();
    counts.set('h1', 0);
    await expect(beat()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    expect(listener.onDataLost).toHaveBeenCalledTimes(1);
  });

  it('fails, and asks for another name, when its name moves to another server, which refuses nothing', async () => {
    const { beat, moved, names, listener } = givenHeartbeat();
    await beat();
    moved.add('h1');
    await expect(beat()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    expect([names.change.mock.calls.length, listener.onRefused.mock.calls]).toEqual([1, []]);
  });

  it('begins to count again under another name, without a loss of data', async () => {
    const { beat, names, listener } = givenHeartbeat();
    await beat();
    await beat();
    names.heartbeat = 'h2';
    await beat();
    await beat();
    expect(listener.onDataLost).not.toHaveBeenCalled();
  });
});
