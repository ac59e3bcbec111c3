import { weakEtag } from '../policy/etag.js';
import { describe, expect, it, vi } from 'vitest';
import { givenFleet, Refused } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { CacheRegistry } from '../cache-registry.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe(Cache.name, () => {
  describe('writing', () => {
    it('makes the new value visible to every instance once the write is acknowledged', async () => {
      const { instance } = givenFleet<number>();
      const [writer, reader] = [instance().cache, instance().cache];
      for (const cache of [writer, reader]) await cache.readThrough('k', async () => 1);
      await writer.writeInvalidate('k', async () => 'written');
      for (const cache of [writer, reader]) expect(await cache.readThrough('k', async () => 2)).toBe(2);
    });

    it('stores the written value for every instance', async () => {
      const { instance } = givenFleet<number>();
      const [writer, reader] = [instance().cache, instance().cache];
      await writer.writeThrough('k', async () => 2);
      expect(await reader.read('k', async () => 3)).toMatchObject({ status: 'hit', answer: { value: 2 } });
    });

    it('stores nothing if two writes overlapped', async () => {
      const { server, instance } = givenFleet<number>();
      const [a, b] = [instance().cache, instance().cache];
      const first = Promise.withResolvers<number>();
      const writing = a.writeThrough('k', () => first.promise);
      await settled();
      await b.writeThrough('k', async () => 2);
      first.resolve(1);
      await writing;
      expect(server.text('n:c:test:sk')).toBeUndefined();
    });

    it('rejects the fill of a load that began before the write', async () => {
      const { instance } = givenFleet<number>();
      const [writer, reader] = [instance().cache, instance().cache];
      const { promise, resolve } = Promise.withResolvers<number>();
      const old = reader.read('k', () => promise);
      await settled();
      await writer.writeInvalidate('k', async () => {});
      resolve(1);
      expect(await old).toMatchObject({ stored: false });
      expect(await reader.readThrough('k', async () => 2)).toBe(2);
    });

    it('makes readers bypass the entry during the write', async () => {
      const { instance } = givenFleet<number>();
      const [writer, reader] = [instance().cache, instance().cache];
      const write = Promise.withResolvers<void>();
      const writing = writer.writeInvalidate('k', () => write.promise);
      await settled();
      expect(await reader.read('k', async () => 1)).toMatchObject({ status: 'bypass', detail: 'write-intent' });
      write.resolve();
      await writing;
      expect(await reader.read('k', async () => 2)).toMatchObject({ status: 'miss', stored: true });
    });

    it('bypasses the cache inside its body, and rejects a nested write', async () => {
      const { instance } = givenFleet<number>();
      const { cache } = instance();
      await cache.readThrough('k', async () => 1);
      await cache.writeInvalidate('k', async () => {
        expect(await cache.read('k', async () => 2)).toMatchObject({ status: 'bypass', answer: { value: 2 } });
        await expect(cache.writeInvalidate('other', async () => {})).rejects.toMatchObject({
          code: 'CACHE_WRITE_NESTED',
        });
      });
    });

    it('removes its intents after a rollback, and lets them expire if the outcome is unknown', async () => {
      const { clock, instance } = givenFleet<number>();
      const { cache } = instance();
      await expect(cache.writeInvalidate('k', () => Promise.reject(new Refused()))).rejects.toBeInstanceOf(Refused);
      expect(await cache.read('k', async () => 1)).toMatchObject({ status: 'miss', stored: true });
      await expect(cache.writeInvalidate('k', () => Promise.reject(new Error('connection lost')))).rejects.toThrow(
        'lost',
      );
      expect(await cache.read('k', async () => 1)).toMatchObject({ status: 'bypass', detail: 'write-intent' });
      clock.advance(10_000);
      expect(await cache.read('k', async () => 1)).toMatchObject({ status: 'miss', stored: true });
    });

    it('sets its intents again if the outcome is unknown, so that readers do not store the old value before a late commit', async () => {
      const { clock, instance } = givenFleet<number>({ tags: () => ['t'] });
      const [writer, reader] = [instance().cache, instance().cache];
      const failed = Promise.withResolvers<void>();
      const writing = writer.writeInvalidate('k', () => failed.promise, { tags: ['t'] });
      await settled();
      clock.advance(10_001);
      for (const key of ['k', 'other']) expect(await reader.read(key, async () => 1)).toMatchObject({ stored: true });
      failed.reject(new Error('connection lost'));
      await expect(writing).rejects.toThrow('lost');
      // The commit may happen only now.
      for (const key of ['k', 'other']) expect(await reader.read(key, async () => 1)).toMatchObject({ stored: false });
      clock.advance(10_000);
      for (const key of ['k', 'other']) expect(await reader.readThrough(key, async () => 2)).toBe(2);
    });

    it('rejects with the error of its body and keeps the pending invalidation when rolledBack throws', async () => {
      const { instance, warn } = givenFleet<number>();
      const { cache, store, runtime } = instance();
      const unsure = {
        ...runtime,
        rolledBack: () => {
          throw new TypeError('code of undefined');
        },
      };
      store.disconnect();
      const error = new Error('connection lost');
      await expect(new Cache(cache.definition, unsure).writeInvalidate('k', () => Promise.reject(error))).rejects.toBe(
        error,
      );
      expect(runtime.pending.size).toBe(1);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('code of undefined'));
    });

    it('invalidates tags in every instance, and never serves a load under the old version (ZiggyCreatures/FusionCache#319)', async () => {
      const { instance } = givenFleet<number>({ tags: () => ['t'] });
      const [writer, reader] = [instance().cache, instance().cache];
      await reader.readThrough('k', async () => 1);
      await writer.writeInvalidate('other', async () => {}, { tags: ['t'] });
      await reader.readThrough('k', async () => {
        await writer.invalidateTags(['t']);
        return 2;
      });
      expect(await reader.readThrough('k', async () => 3)).toBe(3);
    });

    it('invalidates pages by their tag, in one step and without a list of keys (jaredwray/cacheable#982, jaredwray/cacheable#151)', async () => {
      const steps: string[] = [];
      const { instance } = givenFleet<string>({ tags: () => ['pages'] }, async (label, act) => {
        steps.push(label);
        return act();
      });
      const [writer, reader] = [instance().cache, instance().cache];
      const pages = Array.from({ length: 100 }, (_, page) => `?page=${page}&limit=20`);
      for (const page of pages) await reader.readThrough(page, async () => 'old');
      steps.length = 0;
      await writer.invalidateTags(['pages']);
      expect(steps).toEqual(['invalidate']);
      for (const page of pages) expect(await reader.readThrough(page, async () => 'new')).toBe('new');
    });

    it('sets the intents of a key and its tags before it empties any of them', async () => {
      const steps: string[] = [];
      const { instance } = givenFleet<number>({ tags: () => ['t'] }, async (label, act) => {
        steps.push(label);
        return act();
      });
      const { cache } = instance();
      await cache.set('other', 1);
      await cache.set('k', 1);
      steps.length = 0;
      expect(await cache.invalidate('k', { tags: ['t'] })).toBe('applied');
      expect(steps).toEqual(['intent', 'intent', 'done', 'done']);
      expect([await cache.get('k'), await cache.get('other')]).toEqual([undefined, undefined]);
    });

    it('rejects a write with an invalid key instead of throwing', async () => {
      const { cache } = givenFleet<number>().instance();
      for (const invalidating of [cache.invalidate(''), cache.delete('')]) {
        await expect(invalidating).rejects.toMatchObject({ code: 'CACHE_KEY_INVALID' });
      }
    });

    it('announces a tag that is named twice only once', async () => {
      const steps: string[] = [];
      const { cache } = givenFleet<number>({}, async (label, act) => {
        steps.push(label);
        return act();
      }).instance();
      await cache.invalidateTags(['t', 't']);
      await cache.writeInvalidate('k', async () => {}, { tags: ['t', 't'] });
      expect(steps).toEqual(['invalidate', 'intent', 'intent', 'done', 'done']);
    });

    it('clears one cache and keeps the others', async () => {
      const { instance, definition } = givenFleet<number>();
      const { cache, runtime } = instance();
      const other = new Cache({ ...definition, name: 'other' }, runtime);
      await cache.set('k', 1);
      await other.set('k', 1);
      expect(await cache.clear()).toBe('applied');
      expect([await cache.get('k'), await other.get('k')]).toEqual([undefined, 1]);
    });
  });

  describe('without the store', () => {
    it('loads and stores nothing while the store is unavailable (jaredwray/cacheable#1554)', async () => {
      const { clock, instance } = givenFleet<number>();
      const { cache, store } = instance();
      await cache.readThrough('k', async () => 1);
      store.disconnect();
      clock.advance(30_000);
      expect(await cache.read('k', async () => 2)).toMatchObject({
        status: 'bypass',
        detail: 'unavailable',
        stored: false,
      });
    });

    it('gives loads without a store the entity tag that their entry would have, and private ones none', async () => {
      const { instance, warn } = givenFleet<{ version: number }>({
        etag: ({ version }) => {
          if (version === 0) throw new Error('It has no version.');
          return `${version}`;
        },
      });
      const { cache, store } = instance();
      store.disconnect();
      const tagOf = async (load: () => Promise<{ version: number }>) => (await cache.read('k', load))?.answer.etag;
      expect(await tagOf(async () => ({ version: 3 }))).toBe('"3"');
      expect(
        await tagOf(async () => ({ ...(await cache.readThrough('k', async () => ({ version: 4 }))) })),
      ).toBeUndefined();
      expect(await tagOf(async () => ({ version: 0 }))).toBe(weakEtag('{"version":0}'));
      expect(warn).toHaveBeenCalledTimes(2);
    });

    it('shares loads while the store is unavailable', async () => {
      const { instance } = givenFleet<number>();
      const { cache, store } = instance();
      store.disconnect();
      const load = vi.fn(async () => 1);
      await Promise.all(Array.from({ length: 100 }, () => cache.read('k', load)));
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('bypasses the cache while an invalidation is pending, and never serves the old value', async () => {
      const { instance } = givenFleet<number>();
      const { cache, store, runtime } = instance();
      const other = instance().cache;
      await cache.readThrough('k', async () => 1);
      store.disconnect();
      expect(await cache.delete('k')).toBe('pending');
      store.reconnect();
      expect(await cache.read('k', async () => 2)).toMatchObject({
        status: 'bypass',
        detail: 'pending',
        answer: { value: 2 },
      });
      await runtime.pending.flush(store);
      expect(runtime.pending.size).toBe(0);
      expect(await other.read('k', async () => 3, { strong: true })).toMatchObject({
        status: 'miss',
        answer: { value: 3 },
      });
    });

    it('runs a write while the store is unavailable, and invalidates later', async () => {
      const { instance } = givenFleet<number>();
      const { cache, store, runtime } = instance();
      await cache.readThrough('k', async () => 1);
      store.disconnect();
      expect(await cache.writeInvalidate('k', async () => 'written')).toBe('written');
      store.reconnect();
      await runtime.pending.flush(store);
      expect(await cache.readThrough('k', async () => 2)).toBe(2);
    });

    it('keeps no pending invalidation for a write without names', async () => {
      const { instance } = givenFleet<number>({ strict: true });
      const { cache, store, runtime } = instance();
      store.disconnect();
      expect(await cache.invalidateTags([])).toBe('applied');
      expect(await new CacheRegistry(runtime).write(async () => 1)).toEqual({ result: 1, applied: 'applied' });
    });

    it('rejects a strict write before it begins, and rejects a strict invalidation', async () => {
      const { instance } = givenFleet<number>({ strict: true });
      const { cache, store } = instance();
      store.disconnect();
      const body = vi.fn(async () => 1);
      await expect(cache.writeThrough('k', body)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
      expect(body).not.toHaveBeenCalled();
      expect(cache.counters().writesRejected).toBe(1);
      await expect(cache.invalidate('k')).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
      expect(cache.counters().writesRejected).toBe(2);
    });
  });

  describe('coherence', () => {
    it('serves L1 no longer than maxStaleness after the last heartbeat when messages are lost (dotnet/extensions#5674, dotnet/runtime#125602)', async () => {
      const { clock, instance } = givenFleet<number>();
      const [reader, writer] = [instance(), instance()];
      reader.runtime.coherence.onChannelLost();
      reader.runtime.coherence.onHeartbeat(clock.now());
      reader.store.dropMessages();
      await reader.cache.readThrough('k', async () => 1);
      await writer.cache.writeInvalidate('k', async () => {});
      clock.advance(999);
      expect(await reader.cache.readThrough('k', async () => 2)).toBe(1);
      expect(await reader.cache.readThrough('k', async () => 2, { strong: true })).toBe(2);
      clock.advance(1);
      expect(await reader.cache.readThrough('k', async () => 3)).toBe(2);
    });

    it('keeps an entry out of L1 that was invalidated during the read', async () => {
      const { instance } = givenFleet<number>();
      const [reader, writer] = [instance(), instance()];
      await writer.cache.readThrough('k', async () => 1);
      const reading = reader.cache.read('k', async () => 0);
      reader.runtime.coherence.onInvalidation('intent', 'n:c:test:sk');
      await reading;
      expect(await reader.cache.read('k', async () => 0)).toMatchObject({ tier: 'l2' });
    });

    it('reads strongly inside a load', async () => {
      const { clock, instance, definition } = givenFleet<number>();
      const [reader, writer] = [instance(), instance()];
      reader.runtime.coherence.onChannelLost();
      reader.runtime.coherence.onHeartbeat(clock.now());
      reader.store.dropMessages();
      await reader.cache.readThrough('item', async () => 1);
      await writer.cache.writeInvalidate('item', async () => {});
      const list = new Cache({ ...definition, name: 'list' }, reader.runtime);
      expect(await list.readThrough('all', () => reader.cache.readThrough('item', async () => 2))).toBe(2);
    });
  });
});
