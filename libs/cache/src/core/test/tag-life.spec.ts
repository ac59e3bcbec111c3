import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { defineCache } from '../policy/define-cache.js';
import { LocalTags } from '../coherence/tag-versions.js';

describe('a tag', () => {
  const tags = (): string[] => ['list'];

  it('that was evicted gets one new version, which processes agree on', async () => {
    const { instance, server } = givenFleet<number>({ tags });
    const [a, b] = [instance(), instance()];
    await a.cache.readThrough('k', async () => 1);
    server.evict(a.runtime.keys.tag('list'));
    // The other process knows no version, makes one, and finds the entry of the former one invalid.
    const load = vi.fn(async () => 2);
    await b.cache.readThrough('k', load);
    a.runtime.coherence.local.clear();
    expect(await a.cache.read('k', load)).toMatchObject({ status: 'hit', tier: 'l2' });
    expect(await b.cache.read('k', load)).toMatchObject({ status: 'hit' });
    expect(load).toHaveBeenCalledOnce();
  });

  it('that was evicted gets a new version when it is renewed, and what is loaded then carries it', async () => {
    const { instance, server, clock } = givenFleet<number>({ tags, ttl: '5m' });
    const [{ cache, runtime }, other] = [instance(), instance()];
    await cache.readThrough('a', async () => 1);
    const tag = runtime.keys.tag('list');
    server.evict(tag);
    clock.advance(60_000);
    runtime.coherence.onHeartbeat(clock.now());
    await cache.readThrough('b', async () => 2);
    expect(await other.cache.read('b', async () => 3)).toMatchObject({ status: 'hit', answer: { value: 2 } });
  });

  it('whose life the store did not prolong is prolonged by the next that captures it', async () => {
    const { instance, server, clock } = givenFleet<number>({ tags, ttl: '50s' });
    const { cache, runtime, store } = instance();
    await cache.readThrough('a', async () => 1);
    clock.advance(60_000);
    runtime.coherence.onHeartbeat(clock.now());
    const create = vi.spyOn(store, 'ensureTagVersion').mockRejectedValue(new Error('Too slow.'));
    await cache.readThrough('b', async () => 1);
    create.mockRestore();
    await cache.readThrough('c', async () => 1);
    expect(server.machine.read(runtime.keys.tag('list')).ttlMs).toBe(120_000);
  });

  it('lives as long as the longest that captured it needs, whoever came first', async () => {
    const { instance, server, definition } = givenFleet<number>({ tags, ttl: '10s' });
    const { cache, runtime } = instance();
    const long = new Cache(defineCache<string, number>({ ...definition, name: 'long', ttl: '1h', tags }), runtime);
    await cache.readThrough('k', async () => 1);
    await long.readThrough('k', async () => 1);
    await cache.readThrough('other', async () => 1);
    const { ttlMs } = server.machine.read(runtime.keys.tag('list'));
    expect(ttlMs).toBeGreaterThanOrEqual(2 * 3_600_000);
  });
});

describe(LocalTags, () => {
  it('asks for a renewal once a minute, and sooner for a longer life', () => {
    const tags = new LocalTags();
    const due = (now: number, lifeMs: number): boolean => tags.renewalDue('t', now, lifeMs);
    expect([due(0, 10), due(59_999, 10), due(59_999, 11), due(60_000, 10), due(119_998, 10), due(119_999, 10)]).toEqual(
      [true, false, true, false, false, true],
    );
  });
});
