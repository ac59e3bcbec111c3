import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import type { CachePolicy } from '../policy/define-cache.js';
import { defineCache } from '../policy/define-cache.js';

const RECORD_KEY = 'n:c:test:sk';

function given(policy: Partial<CachePolicy<string, number>> = {}) {
  const { clock, server, instance } = givenFleet<number>({ loadTimeout: '1s', ...policy });
  const { cache, store } = instance();
  const hanging = Promise.withResolvers<number>();
  /** Moves time on, in steps, as sleeping reads need it. */
  const advance = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await settled();
    }
  };
  return { clock, server, cache, store, hanging, hang: () => hanging.promise, advance };
}

const settled = (): Promise<void> => new Promise(setImmediate);
const TIMED_OUT = { code: 'CACHE_LOAD_TIMEOUT' };
/** Settles when the read does, so that it is never unhandled. */
const errorOf = (read: Promise<unknown>): Promise<unknown> =>
  read.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a load that does not settle', () => {
  it('is given up after loadTimeout: its readers end, and its permit and lease are given back', async () => {
    const { server, cache, hang, advance } = given();
    const first = cache.readThrough('k', hang);
    await advance(500);
    expect(cache.counters()).toMatchObject({ loading: { running: 1, waiting: 0 }, loadTimeouts: 0 });
    const reads = [first, cache.readThrough('k', hang), cache.readThrough('k', hang, { strong: true })];
    const errors = Promise.all(reads.map(errorOf));
    await advance(2_500);
    expect(await errors).toMatchObject([TIMED_OUT, TIMED_OUT, TIMED_OUT]);
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(cache.counters()).toMatchObject({ loading: { running: 0, waiting: 0 }, errors: 3 });
    expect(await cache.readThrough('k', async () => 2)).toBe(2);
  });

  it('may run for 30 s by default', async () => {
    const { definition } = givenFleet<number>();
    expect(definition.loadTimeoutMs).toBe(30_000);
    expect(() => defineCache('test', { ...definition, loadTimeout: '0s' })).toThrow(/loadTimeout "0s"/);
  });

  it('is dropped: a late result is neither stored nor returned', async () => {
    const { server, cache, hang, hanging, advance } = given();
    const read = errorOf(cache.readThrough('k', hang));
    await advance(1_100);
    expect(await read).toMatchObject(TIMED_OUT);
    hanging.resolve(1);
    await settled();
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(await cache.get('k')).toBeUndefined();
  });

  it('ends its context: what it reads afterwards are reads of their own', async () => {
    const { cache, hanging, advance } = given();
    const inner = vi.fn(async () => 7);
    const late = Promise.withResolvers<number>();
    const outer = async (): Promise<number> => {
      await hanging.promise;
      cache.readThrough('k', inner).then(late.resolve, late.reject);
      return 1;
    };
    const read = errorOf(cache.readThrough('k', outer));
    await advance(1_100);
    expect(await read).toMatchObject(TIMED_OUT);
    hanging.resolve(1);
    expect(await late.promise).toBe(7);
    expect(await cache.get('k')).toBe(7);
  });

  it('counts as a failure of the origin: a stale value is served, and the back-off begins', async () => {
    const { server, cache, hang, advance, clock } = given({
      ttl: '10s',
      staleIfError: '60s',
      errorBackOff: '5s',
      loadTimeout: '500ms',
    });
    await cache.set('k', 1);
    clock.advance(20_000);
    const [stale, failed] = [cache.read('k', hang), cache.readThrough('other', hang)];
    const error = errorOf(failed);
    await advance(1_100);
    expect(await stale).toMatchObject({ detail: 'stale-if-error', answer: { value: 1 } });
    expect(await error).toMatchObject(TIMED_OUT);
    expect(server.text('n:c:test:sother')).toMatch(/^E\|/);
  });

  it('ends the call of a batch once, for all of its keys', async () => {
    const { server, cache, advance } = given();
    const load = vi.fn(() => new Promise<Map<string, number>>(() => {}));
    const read = errorOf(cache.readThroughMany(['k', 'l'], load));
    await advance(1_100);
    expect(await read).toMatchObject(TIMED_OUT);
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(cache.counters()).toMatchObject({ loadTimeouts: 1, loading: { running: 0, waiting: 0 } });
  });

  it('is given up while Redis is down, and in the body of a write, too', async () => {
    const { cache, store, hang, advance } = given();
    store.disconnect();
    const reads = [cache.readThrough('k', hang), cache.writeThrough('l', () => cache.readThrough('k', hang))];
    const errors = Promise.all(reads.map(errorOf));
    await advance(1_100);
    expect(await errors).toMatchObject([TIMED_OUT, TIMED_OUT]);
  });

  it('lets the next reader try when it was a background refresh', async () => {
    const { cache, hang, advance, clock } = given({ ttl: '10s', staleWhileRevalidate: '60s' });
    await cache.set('k', 1);
    clock.advance(20_000);
    expect(await cache.readThrough('k', hang)).toBe(1);
    await advance(1_100);
    expect(await cache.readThrough('k', async () => 2)).toBe(1);
    await settled();
    expect(await cache.readThrough('k', async () => 3)).toBe(2);
  });
});
