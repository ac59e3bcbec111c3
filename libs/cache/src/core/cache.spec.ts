import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { givenFleet } from '../testing/fleet.js';
import { Cache } from './cache.js';
import { defineCache } from './policy/define-cache.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe(Cache.name, () => {
  describe('reading', () => {
    it('loads once, then hits L1, and L2 from another instance, and reports and counts each tier (Julien-R44/bentocache PR #76)', async () => {
      const { instance } = givenFleet<number>();
      const [a, b] = [instance().cache, instance().cache];
      const load = vi.fn(async () => 7);
      const results = [
        await a.read('k', load),
        await a.read('k', load),
        await b.read('k', load),
        await b.read('k', load),
      ];
      expect(results.map((result) => [result?.status, result?.tier, result?.answer.value])).toEqual([
        ['miss', undefined, 7],
        ['hit', 'l1', 7],
        ['hit', 'l2', 7],
        ['hit', 'l1', 7],
      ]);
      expect(load).toHaveBeenCalledTimes(1);
      expect([a, b].map((cache) => cache.counters().tiers)).toMatchObject([
        { l1: { hits: 1, misses: 1, entries: 1 }, l2: { hits: 0, misses: 1 } },
        { l1: { hits: 1, misses: 1, entries: 1 }, l2: { hits: 1, misses: 0 } },
      ]);
    });

    it.each([0, '', false, null])('caches %j as a value', async (value) => {
      const { instance } = givenFleet<unknown>();
      const { cache } = instance();
      await cache.readThrough('k', async () => value);
      expect(await cache.readThrough('k', async () => 'loaded again')).toBe(value);
    });

    it('counts the TTL from the start of the load', async () => {
      const { clock, instance } = givenFleet<number>({ ttl: '2s' });
      const { cache } = instance();
      await cache.readThrough('k', async () => {
        clock.advance(500);
        return 1;
      });
      clock.advance(1_499);
      expect(await cache.read('k', async () => 2)).toMatchObject({ status: 'hit', ttlMs: 1 });
      clock.advance(1);
      expect(await cache.read('k', async () => 2)).toMatchObject({ status: 'miss', ttlMs: 2_000 });
    });

    it('shares one load among 50 concurrent readers (strapi-community/plugin-rest-cache#130)', async () => {
      const { instance } = givenFleet<number>();
      const { cache } = instance();
      const { promise, resolve } = Promise.withResolvers<number>();
      const load = vi.fn(() => promise);
      const readers = Array.from({ length: 50 }, () => cache.read('k', load));
      resolve(1);
      const results = await Promise.all(readers);
      expect(load).toHaveBeenCalledTimes(1);
      expect(results.filter((result) => result?.collapsed)).toHaveLength(49);
      expect(cache.counters()).toMatchObject({ gets: 50, misses: 50, loads: 1, collapsed: 49 });
    });

    it('loads in one instance while the others wait for it', async () => {
      const { clock, instance } = givenFleet<number>();
      const [a, b] = [instance().cache, instance().cache];
      const { promise, resolve } = Promise.withResolvers<number>();
      const load = vi.fn(() => promise);
      const readers = [a.read('k', load), b.read('k', load)];
      await settled();
      resolve(1);
      await settled();
      clock.advance(10);
      const results = await Promise.all(readers);
      expect(load).toHaveBeenCalledTimes(1);
      expect(results[1]).toMatchObject({ status: 'hit', tier: 'l2' });
    });

    it.each([
      ['a value is replaced', (text: string) => text, true],
      ['any other text is left', () => 'L|0123456789abcdef|', false],
    ])('does not wait for a record without a TTL: %s', async (_, put, stored) => {
      const { server, instance } = givenFleet<number>();
      const [writer, reader] = [instance().cache, instance().cache];
      await writer.set('k', 1);
      server.put('n:c:test:sk', put(server.text('n:c:test:sk') ?? ''));
      expect(await reader.read('k', async () => 2)).toMatchObject({ answer: { value: 2 }, stored });
    });

    it('loads after the lease of a crashed instance has expired', async () => {
      const { clock, server, instance } = givenFleet<number>();
      server.machine.read('n:c:test:sk', { token: 'dead', leaseMs: 1_000, replaces: undefined });
      const reading = instance().cache.read('k', async () => 1);
      for (let ms = 0; ms < 1_100; ms += 10) {
        await settled();
        clock.advance(10);
      }
      expect(await reading).toMatchObject({ status: 'miss', stored: true });
    });

    it('rejects with the error of a loader unchanged, and stores nothing (jaredwray/cacheable#1554, jaredwray/cacheable#1553, jaredwray/cacheable#896)', async () => {
      const { instance } = givenFleet<number>();
      const { cache } = instance();
      const notFound = new Error('404');
      await expect(cache.readThrough('k', () => Promise.reject(notFound))).rejects.toBe(notFound);
      expect(await cache.read('k', async () => 2)).toMatchObject({ status: 'miss', stored: true });
      expect(cache.counters()).toMatchObject({ gets: 2, errors: 1, misses: 1 });
    });

    it('caches the absence of a value if the policy has a negativeTtl', async () => {
      const { clock, instance } = givenFleet<number>({ negativeTtl: '5s' });
      const { cache } = instance();
      await cache.readThrough('k', async () => undefined);
      expect(await cache.read('k', async () => 1)).toMatchObject({ status: 'negative', answer: { value: undefined } });
      clock.advance(5_000);
      expect(await cache.readThrough('k', async () => 1)).toBe(1);
    });

    it('caches the absence that the innermost loader found, although the outer loader threw', async () => {
      const { instance } = givenFleet<number>({ negativeTtl: '5s' });
      const { cache } = instance();
      const notFound = new Error('404');
      const handler = async (): Promise<number> => {
        const found = await cache.readThrough('k', async () => undefined);
        if (found === undefined) throw notFound;
        return found;
      };
      await expect(cache.read('k', handler)).rejects.toBe(notFound);
      const loader = vi.fn(async () => 1);
      expect(await cache.read('k', loader)).toMatchObject({ status: 'negative' });
      await expect(cache.at('k')?.knowingAbsence(() => handler())).rejects.toBe(notFound);
      expect(loader).not.toHaveBeenCalled();
    });

    it('replaces an entry of an older schema version, and leaves one of a newer version alone', async () => {
      const old = givenFleet<number>();
      const { cache, runtime } = old.instance();
      await cache.readThrough('k', async () => 1);
      const newer = new Cache({ ...old.definition, version: 2 }, runtime);
      runtime.coherence.onChannelLost();
      expect(await newer.read('k', async () => 2)).toMatchObject({ status: 'miss', stored: true });
      runtime.coherence.onChannelLost();
      expect(await cache.read('k', async () => 3)).toMatchObject({ status: 'miss', stored: false });
      expect(await newer.read('k', async () => 4)).toMatchObject({ status: 'hit', answer: { value: 2 } });
    });

    it('replaces an entry that was stored under another schema, which accepts its value', async () => {
      const before = z.strictObject({ name: z.string() });
      const schemaWithField = z.strictObject({ name: z.string(), phone: z.string().optional() });
      const { definition, instance } = givenFleet<{ name: string; phone?: string | undefined }>({ value: before });
      const after = defineCache('test', { ...definition, value: schemaWithField });
      const [old, changed] = [instance(), instance()];
      const withField = new Cache(after, changed.runtime);
      await old.cache.readThrough('k', async () => ({ name: 'Ada' }));
      expect(await withField.explain('k')).toMatchObject({ state: 'other-schema', invalidatedBy: [] });
      const load = async () => ({ name: 'Ada', phone: '1' });
      expect(await withField.read('k', load)).toMatchObject({ status: 'miss', stored: true });
      expect(await withField.read('k', load)).toMatchObject({ status: 'hit', answer: { value: { phone: '1' } } });
      expect(withField.counters()).toMatchObject({ unreadable: 0 });
      const same = new Cache(
        defineCache('test', { ...definition, value: schemaWithField.readonly() }),
        instance().runtime,
      );
      expect(await same.read('k', load)).toMatchObject({ status: 'hit', tier: 'l2' });
    });

    it('loads a key that its schema rejects, and does not store it', async () => {
      const { instance } = givenFleet<number>();
      const { cache } = instance();
      expect(await cache.read('', async () => 1)).toBeUndefined();
      expect(await cache.readThrough('', async () => 1)).toBe(1);
      await expect(cache.writeInvalidate('', async () => 1)).rejects.toMatchObject({ code: 'CACHE_KEY_INVALID' });
    });

    it.each([() => 1, Symbol('s')])(
      'returns a value without a stored form, and does not store it: %s',
      async (value) => {
        const { warn, instance } = givenFleet<unknown>();
        expect(await instance().cache.read('k', async () => value)).toMatchObject({ stored: false, answer: { value } });
        expect(warn).toHaveBeenCalledOnce();
      },
    );

    it('returns a payload that is too large, and does not store it', async () => {
      const { instance } = givenFleet<string>();
      const { cache } = instance();
      const large = 'x'.repeat(10_001);
      expect(await cache.read('k', async () => large)).toMatchObject({ stored: false, answer: { value: large } });
      expect(cache.counters().notStored).toEqual({ 'too-large': 1, reconnected: 0, unavailable: 0, overtaken: 0 });
      expect(await cache.read('k', async () => 'small')).toMatchObject({ status: 'miss', stored: true });
    });
  });

  describe('staleness', () => {
    const policy = { ttl: '10s', staleWhileRevalidate: '10s', staleIfError: '60s' } as const;

    it('serves the stale value while one refresh runs, then the new value', async () => {
      const { clock, instance } = givenFleet<number>(policy);
      const { cache } = instance();
      await cache.readThrough('k', async () => 1);
      clock.advance(11_000);
      const load = vi.fn(async () => 2);
      const stale = await Promise.all([cache.read('k', load), cache.read('k', load)]);
      expect(stale.map((result) => [result?.status, result?.detail, result?.answer.value])).toEqual([
        ['stale', 'stale-while-revalidate', 1],
        ['stale', 'stale-while-revalidate', 1],
      ]);
      await settled();
      expect(await cache.read('k', load)).toMatchObject({ status: 'hit', answer: { value: 2 } });
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('serves the stale-if-error value when the origin fails, and rejects with the error once it has expired', async () => {
      const { clock, instance } = givenFleet<number>(policy);
      const { cache } = instance();
      await cache.readThrough('k', async () => 1);
      clock.advance(25_000);
      const failing = () => Promise.reject(new Error('origin'));
      expect(await cache.read('k', failing)).toMatchObject({
        status: 'stale',
        detail: 'stale-if-error',
        ttlMs: -15_000,
      });
      clock.advance(45_000);
      await expect(cache.read('k', failing)).rejects.toThrow('origin');
    });

    it('never serves an invalidated value as stale', async () => {
      const { clock, instance } = givenFleet<number>({ ...policy, tags: () => ['t'] });
      const [a, b] = [instance().cache, instance().cache];
      await a.readThrough('k', async () => 1);
      clock.advance(11_000);
      await b.invalidateTags(['t']);
      await expect(a.read('k', () => Promise.reject(new Error('origin')))).rejects.toThrow('origin');
    });

    it('never replaces a client error of the origin by a stale value', async () => {
      const { clock, instance } = givenFleet<number>(policy);
      const { cache } = instance();
      await cache.readThrough('k', async () => 1);
      clock.advance(25_000);
      const gone = Object.assign(new Error('gone'), { status: 410 });
      await expect(cache.read('k', () => Promise.reject(gone))).rejects.toBe(gone);
    });

    it('blocks loads after a failure of the origin only if the policy has an errorBackOff (jaredwray/cacheable#896)', async () => {
      const { clock, instance } = givenFleet<number>({ errorBackOff: '2s' });
      const { cache } = instance();
      await expect(cache.read('k', () => Promise.reject(new Error('origin')))).rejects.toThrow('origin');
      await settled();
      await expect(cache.read('k', async () => 1)).rejects.toMatchObject({ code: 'CACHE_ORIGIN_FAILED' });
      clock.advance(2_000);
      expect(await cache.readThrough('k', async () => 1)).toBe(1);
    });

    it.each(['read', 'ensureTagVersion', 'fill', 'release'] as const)(
      'runs a loader once even if the store fails to %s (nestjs-redisx/nestjs-redisx CHANGELOG 1.9.0)',
      async (step) => {
        const { instance } = givenFleet<number>();
        const { cache, store } = instance();
        vi.spyOn(store, step).mockRejectedValue(new Error('store'));
        const load = vi.fn(async () => 1);
        expect(await cache.readThrough('found', load)).toBe(1);
        expect(load).toHaveBeenCalledOnce();
        const failing = vi.fn(() => Promise.reject(new Error('origin')));
        await expect(cache.readThrough('failing', failing)).rejects.toThrow('origin');
        expect(failing).toHaveBeenCalledOnce();
      },
    );
  });
});
