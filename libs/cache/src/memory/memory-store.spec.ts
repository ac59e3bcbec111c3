import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { MemoryStore } from './memory-store.js';

function givenStore() {
  const listener = { onInvalidation: vi.fn(), onChannelLost: vi.fn(), onHeartbeat: vi.fn() };
  const store = new MemoryStore(new ManualClock(), { maxBytes: 1_000_000, maxEntries: 1_000 }, listener);
  return { store, listener };
}

describe(MemoryStore.name, () => {
  it('confirms its channel forever, because it loses no message', () => {
    expect(givenStore().listener.onHeartbeat.mock.calls).toEqual([[Number.POSITIVE_INFINITY]]);
  });

  it('scans the keys of a prefix in pages of 250, and yields no empty page', async () => {
    const { store } = givenStore();
    const lengths = async (): Promise<number[]> => {
      const pages: number[] = [];
      for await (const page of store.scan('a:')) pages.push(page.length);
      return pages;
    };
    const lease = { token: 'f', leaseMs: 1_000, replaces: undefined };
    const put = (name: string) => store.read([name], [], { lease });
    await put('b:other');
    expect(await lengths()).toEqual([]);
    for (let index = 0; index < 250; index += 1) await put(`a:${index}`);
    expect(await lengths()).toEqual([250]);
    await put('a:250');
    expect(await lengths()).toEqual([250, 1]);
  });
});
