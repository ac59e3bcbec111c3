import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { Explainer } from './explain.js';

const RECORD_KEY = 'n:c:test:sk';
const policy = { ttl: '10s', staleWhileRevalidate: '10s', staleIfError: '60s', tags: () => ['t'] } as const;

function given() {
  const fleet = givenFleet<number>(policy);
  const [here, there] = [fleet.instance(), fleet.instance()];
  return { ...fleet, ...here, there };
}

describe(Explainer.name, () => {
  it('reports an absent entry with its keys and its policy', async () => {
    const { cache } = given();
    expect(await cache.explain('k')).toEqual({
      cache: 'test',
      key: 'k',
      recordKey: RECORD_KEY,
      state: 'absent',
      tier: undefined,
      negative: false,
      tags: ['n:all', 'n:all:test', 'n:t:st'].map((recordKey) => ({
        recordKey,
        captured: undefined,
        current: undefined,
      })),
      invalidatedBy: [],
      ttlMs: undefined,
      ageMs: undefined,
      policy: {
        version: 1,
        freshMs: 10_000,
        swrMs: 20_000,
        expiryMs: 70_000,
        negativeMs: undefined,
        errorBackOffMs: undefined,
        strict: false,
      },
    });
  });

  it('reports the tier and the age of a value', async () => {
    const { clock, cache, there } = given();
    clock.advance(300);
    await cache.readThrough('k', async () => 1);
    clock.advance(1_000);
    const l1 = await cache.explain('k');
    expect(l1).toMatchObject({ state: 'l1', tier: 'l1', ttlMs: 9_000, ageMs: 1_000 });
    const l2 = await there.cache.explain('k');
    expect(l2).toMatchObject({ state: 'l2', tier: 'l2', ttlMs: 9_000, ageMs: 1_000, tags: l1.tags });
    expect(l1.tags.every(({ captured, current }) => captured !== undefined && captured === current)).toBe(true);
  });

  it('does not report a value in L1 once the heartbeat is too old', async () => {
    const { clock, cache, runtime } = given();
    runtime.coherence.onChannelLost();
    runtime.coherence.onHeartbeat(clock.now());
    await cache.readThrough('k', async () => 1);
    expect(await cache.explain('k')).toMatchObject({ state: 'l1' });
    clock.advance(1_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'l2' });
  });

  it('distinguishes stale from stale-if-error', async () => {
    const { clock, cache, there } = given();
    await cache.readThrough('k', async () => 1);
    clock.advance(11_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'stale', tier: 'l1', ttlMs: -1_000 });
    expect(await there.cache.explain('k')).toMatchObject({ state: 'stale', tier: 'l2', ttlMs: -1_000 });
    clock.advance(10_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'stale-if-error', tier: 'l2', ttlMs: -11_000 });
  });

  it('reports a value in L1 as stale from the end of its ttl, and no longer once its time to be refreshed has ended', async () => {
    const { clock, cache } = given();
    await cache.readThrough('k', async () => 1);
    clock.advance(10_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'stale', tier: 'l1', ttlMs: 0 });
    clock.advance(10_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'stale-if-error', tier: 'l2' });
  });

  it('reports a cached absence as negative in every tier, and a value as not negative', async () => {
    const { instance } = givenFleet<number>({ negativeTtl: '5s' });
    const [here, there] = [instance().cache, instance().cache];
    await here.readThrough('absent', async () => undefined);
    await here.readThrough('present', async () => 1);
    expect(await here.explain('absent')).toMatchObject({ state: 'l1', negative: true });
    expect(await there.explain('absent')).toMatchObject({ state: 'l2', negative: true });
    expect(await here.explain('present')).toMatchObject({ state: 'l1', negative: false });
    expect(await there.explain('present')).toMatchObject({ state: 'l2', negative: false });
  });

  it('reports the tags that invalidated the entry', async () => {
    const { cache, there } = given();
    await cache.readThrough('k', async () => 1);
    await there.cache.invalidateTags(['t']);
    expect(await cache.explain('k')).toMatchObject({ state: 'invalidated', invalidatedBy: ['n:t:st'] });
    await there.cache.clear();
    expect(await cache.explain('k')).toMatchObject({ invalidatedBy: ['n:all:test', 'n:t:st'] });
  });

  it('distinguishes older and newer schema versions', async () => {
    const { cache, runtime, definition } = given();
    const newer = new Cache({ ...definition, version: 2 }, runtime);
    await cache.readThrough('k', async () => 1);
    runtime.coherence.onChannelLost();
    expect(await newer.explain('k')).toMatchObject({ state: 'older-schema', invalidatedBy: [] });
    await newer.readThrough('k', async () => 2);
    runtime.coherence.onChannelLost();
    expect(await cache.explain('k')).toMatchObject({ state: 'newer-schema' });
  });

  it('reports loads, writes, failures and foreign texts', async () => {
    const { cache, server } = given();
    server.machine.read(RECORD_KEY, { token: 'abc', leaseMs: 1_000, replaces: undefined });
    expect(await cache.explain('k')).toMatchObject({ state: 'loading', ttlMs: 1_000 });
    server.machine.release(RECORD_KEY, 'abc', { error: 'origin', retryMs: 500 });
    expect(await cache.explain('k')).toMatchObject({ state: 'failed', ttlMs: 500 });
    server.machine.intent(RECORD_KEY, 'abc', 2_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'writing', ttlMs: 2_000 });
    server.machine.done(RECORD_KEY, 'abc');
    server.machine.ensureTagVersion(RECORD_KEY, 'foreign', 100);
    expect(await cache.explain('k')).toMatchObject({ state: 'unreadable' });
  });

  it('reports a value whose checksum is wrong as unreadable', async () => {
    const { cache, server, there } = given();
    await there.cache.readThrough('k', async () => 1);
    server.put(RECORD_KEY, (server.text(RECORD_KEY) ?? '').replace(/1$/, 'x'), 70_000);
    expect(await cache.explain('k')).toMatchObject({ state: 'unreadable', invalidatedBy: [] });
  });

  it('reports an unavailable store, and a pending invalidation', async () => {
    const { cache, store } = given();
    const tags = ['n:all', 'n:all:test', 'n:t:st'].map((recordKey) => ({
      recordKey,
      captured: undefined,
      current: undefined,
    }));
    store.disconnect();
    expect(await cache.explain('k')).toMatchObject({ state: 'unavailable', tags });
    await cache.delete('k');
    store.reconnect();
    expect(await cache.explain('k')).toMatchObject({ state: 'pending', tags });
  });

  it('changes neither records, counters nor L1', async () => {
    const { cache, runtime, there, server } = given();
    await there.cache.readThrough('k', async () => 1);
    const [text, counters] = [server.text(RECORD_KEY), cache.counters()];
    await cache.explain('k');
    expect([server.text(RECORD_KEY), cache.counters()]).toEqual([text, counters]);
    expect([runtime.coherence.local.get(RECORD_KEY, 0), runtime.coherence.tags.version('n:t:st')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('rejects a key that the schema rejects', async () => {
    await expect(given().cache.explain('')).rejects.toMatchObject({ code: 'CACHE_KEY_INVALID' });
  });
});
