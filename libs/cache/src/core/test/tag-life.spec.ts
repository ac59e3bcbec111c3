import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { defineCache } from '../policy/define-cache.js';
import { LocalTags } from '../coherence/tag-versions.js';

describe('a tag', () => {
  const tags = (): string[] => ['list'];

  it('gets one new version after its eviction, shared by all processes', async () => {
    const { instance, server } = givenFleet<number>({ tags });
    const [a, b] = [instance(), instance()];
    await a.cache.readThrough('k', async () => 1);
    server.evict(a.runtime.keys.tag('list'));
    // The other process has no version, creates one, and finds the entry of the former version invalid.
    const load = vi.fn(async () => 2);
    await b.cache.readThrough('k', load);
    a.runtime.coherence.local.clear();
    expect(await a.cache.read('k', load)).toMatchObject({ status: 'hit', tier: 'l2' });
    expect(await b.cache.read('k', load)).toMatchObject({ status: 'hit' });
    expect(load).toHaveBeenCalledOnce();
  });

  it('gets a new version when renewed after its eviction, and the entry loaded then captures it', async () => {
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

  it('is extended by the next entry that captures it, if the last extension failed', async () => {
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

  it('lives as long as the longest-lived entry that captured it', async () => {
    const { instance, server, definition } = givenFleet<number>({ tags, ttl: '10s' });
    const { cache, runtime } = instance();
    const long = new Cache(defineCache<number>('long', { ...definition, ttl: '1h', tags }), runtime);
    await cache.readThrough('k', async () => 1);
    await long.readThrough('k', async () => 1);
    await cache.readThrough('other', async () => 1);
    const { ttlMs } = server.machine.read(runtime.keys.tag('list'));
    expect(ttlMs).toBeGreaterThanOrEqual(2 * 3_600_000);
  });
});

describe(LocalTags, () => {
  it('renews a tag once a minute, and sooner for a longer life', () => {
    const tags = new LocalTags();
    const due = (now: number, lifeMs: number): boolean => tags.renewalDue('t', now, lifeMs);
    expect([due(0, 10), due(59_999, 10), due(59_999, 11), due(60_000, 10), due(119_998, 10), due(119_999, 10)]).toEqual(
      [true, false, true, false, false, true],
    );
  });
});
