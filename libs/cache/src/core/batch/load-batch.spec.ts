import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import type { Cache } from '../cache.js';
import { LoadBatch } from './load-batch.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

/** Returns how often a read queries the store while another process loads its keys for a second. */
async function readsWhileWaiting(read: (cache: Cache<string, string>) => Promise<unknown>): Promise<number> {
  const { clock, server, instance } = givenFleet<string>();
  const { cache, store } = instance();
  for (const key of ['a', 'b'])
    server.machine.read(`n:c:test:s${key}`, { token: 'busy', leaseMs: 1_000, replaces: undefined });
  const reads = vi.spyOn(store, 'read');
  const reading = read(cache);
  for (let ms = 0; ms < 1_500; ms += 10) {
    await settled();
    clock.advance(10);
  }
  await reading;
  return reads.mock.calls.length;
}

describe(LoadBatch.name, () => {
  it('reads each key that another process loads as often as a single one', async () => {
    const single = await readsWhileWaiting((cache) => cache.readThrough('a', async () => 'a'));
    const many = await readsWhileWaiting((cache) =>
      cache.readThroughMany(['a', 'b'], async (keys) => new Map(keys.map((key) => [key, key]))),
    );
    // The first lookup is of all keys together.
    expect(many).toBe(1 + 2 * (single - 1));
  });
});
