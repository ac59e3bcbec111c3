import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import { ActiveWrite } from './active-write.js';

const A = 'n:c:test:sa';
const B = 'n:c:test:sb';

function givenWriter() {
  const labels: string[] = [];
  const fleet = givenFleet<number>({}, async (label, act) => {
    labels.push(label);
    return act();
  });
  const instance = fleet.instance();
  const { cache, store, runtime } = instance;
  const caches = new CacheRegistry(runtime);
  /** Writes both entries. */
  const writeBoth = (body = async (): Promise<void> => {}, strict = false) =>
    caches.write(
      async (tx) => {
        await tx.invalidate(fleet.definition, 'a');
        await tx.invalidate(fleet.definition, 'b');
        labels.length = 0;
        await body();
      },
      { strict },
    );
  const reconnect = (): void => {
    store.disconnect();
    store.reconnect();
  };
  return { ...fleet, labels, cache, store, runtime, caches, writeBoth, reconnect };
}

describe(ActiveWrite.name, () => {
  it('drops the local copies of its instance, although its own messages were lost', async () => {
    const { cache, store } = givenWriter();
    await cache.readThrough('a', async () => 1);
    store.dropMessages();
    await cache.writeInvalidate('a', async () => {});
    expect(await cache.readThrough('a', async () => 2)).toBe(2);
  });

  it('drops the local copies of a write with an unknown outcome, although its own messages were lost', async () => {
    const { cache, store } = givenWriter();
    await cache.readThrough('a', async () => 1);
    store.dropMessages();
    await expect(cache.writeInvalidate('a', () => Promise.reject(new Error('timeout')))).rejects.toThrow('timeout');
    expect(await cache.readThrough('a', async () => 2)).toBe(2);
  });

  it('removes the intents of a strict write that was rejected because another intent failed', async () => {
    const { store, server, caches, runtime } = givenWriter();
    const intent = store.intent.bind(store);
    vi.spyOn(store, 'intent').mockImplementation((recordKey, ...rest) =>
      recordKey === B ? Promise.reject(new Error('OOM')) : intent(recordKey, ...rest),
    );
    const write = new ActiveWrite(runtime, true, () => {});
    await expect(write.announce({ recordKeys: [A, B], tags: [] })).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    expect(server.text(A)).toMatch(/^W\|/);
    await write.cancel();
    expect(server.text(A)).toBeUndefined();
    expect(caches.pending).toBe(0);
  });

  it('counts an intent as missing if the connection changed before its reply', async () => {
    const { store, runtime, reconnect } = givenWriter();
    vi.spyOn(store, 'intent').mockImplementation(async () => reconnect());
    const write = new ActiveWrite(runtime, false, () => {});
    expect(await write.announce({ recordKeys: [A], tags: [] })).toBe(false);
  });

  it('invalidates all names again if an intent was lost, and is then applied', async () => {
    const { labels, server, runtime, writeBoth } = givenWriter();
    const { applied } = await writeBoth(async () => server.evict(A));
    expect(applied).toBe('applied');
    expect(labels).toEqual(['done', 'done', 'intent', 'intent', 'done', 'done']);
    expect(runtime.pending.size).toBe(0);
  });

  it('drops local copies again when it invalidates all names again', async () => {
    const { server, store, runtime, writeBoth } = givenWriter();
    const forgotten = vi.spyOn(runtime.coherence, 'forget');
    store.dropMessages();
    await writeBoth(async () => server.evict(A));
    const names = forgotten.mock.calls.flat();
    // After the write, and before and after the names are invalidated again.
    expect(names).toEqual([1, 2, 3].flatMap(() => [A, B]));
  });

  it('needs no second invalidation if it lost the intent of its only name', async () => {
    const { labels, server, caches, definition } = givenWriter();
    const { applied } = await caches.write(async (tx) => {
      await tx.invalidate(definition, 'a');
      server.evict(A);
      labels.length = 0;
    });
    expect([applied, labels]).toEqual(['applied', ['done']]);
  });

  it('is pending if the store did not confirm its end, and invalidates nothing at once', async () => {
    const { labels, store, runtime, writeBoth } = givenWriter();
    vi.spyOn(store, 'done').mockRejectedValue(new Error('timeout'));
    expect(await writeBoth()).toMatchObject({ applied: 'pending' });
    expect(labels).toEqual([]);
    expect([runtime.pending.affects(A, []), runtime.pending.affects(B, [])]).toEqual([true, true]);
  });

  it('keeps its tags pending if the store did not confirm its end', async () => {
    const { store, runtime, caches } = givenWriter();
    store.disconnect();
    expect(await caches.write((tx) => tx.invalidateTags(['t']))).toMatchObject({ applied: 'pending' });
    expect([runtime.pending.affects(A, ['n:t:st']), runtime.pending.affects(A, [])]).toEqual([true, false]);
  });

  it('is pending if the connection changed while it ended', async () => {
    const { store, writeBoth, reconnect } = givenWriter();
    vi.spyOn(store, 'done').mockImplementation(async () => {
      reconnect();
      return true;
    });
    expect(await writeBoth()).toMatchObject({ applied: 'pending' });
  });

  it('stores no value if the connection changed since its intent', async () => {
    const { cache, labels, server, reconnect } = givenWriter();
    const write = async (): Promise<number> => {
      reconnect();
      return 2;
    };
    expect(await cache.writeThrough('a', write)).toBe(2);
    expect(labels).not.toContain('done with value');
    expect(server.text(A)).toBeUndefined();
  });

  it('empties the record if the store rejects its value', async () => {
    const { cache, server, store } = givenWriter();
    vi.spyOn(store, 'doneWithValue').mockRejectedValue(new Error('OOM'));
    expect(await cache.set('a', 2)).toBe('applied');
    expect(server.text(A)).toBeUndefined();
  });

  it('keeps the names that it could not announce pending if its outcome is unknown', async () => {
    const { store, runtime, writeBoth } = givenWriter();
    store.disconnect();
    await expect(writeBoth(() => Promise.reject(new Error('timeout')))).rejects.toThrow('timeout');
    expect([runtime.pending.affects(A, []), runtime.pending.affects(B, [])]).toEqual([true, true]);
    expect(runtime.pending.affects('other', [])).toBe(false);
  });
});
