import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { pagesOf } from './pages.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

const origin = () => vi.fn(async (keys: string[]) => new Map(keys.map((key) => [key, key])));

describe(pagesOf.name, () => {
  it('yields no empty page', () => {
    const lengths = [0, 1, 250, 251, 500].map((length) =>
      [...pagesOf(Array.from({ length }))].map((page) => page.length),
    );
    expect(lengths).toEqual([[], [1], [250], [250, 1], [250, 250]]);
  });
});

describe('readThroughMany over several pages', () => {
  it('calls the origin once per page of 250 keys', async () => {
    const { cache } = givenFleet<string>().instance();
    const keys = Array.from({ length: 501 }, (_, index) => `${index}`);
    await cache.readThroughMany(['7', '300'], origin());
    const load = origin();
    expect(await cache.readThroughMany(keys, load)).toEqual(keys);
    expect(load.mock.calls.map(([missing]) => missing.length)).toEqual([250, 249]);
  });

  it('waits no longer for other loads with many pages than with one', async () => {
    const { clock, server, cache } = ((fleet) => ({ ...fleet, cache: fleet.instance().cache }))(givenFleet<string>());
    const keys = Array.from({ length: 750 }, (_, index) => `${index}`);
    for (const key of ['0', '300', '700']) {
      const lease = { token: 'busy', leaseMs: 60_000, replaces: undefined };
      server.machine.read(`n:c:test:s${key}`, lease);
    }
    const reading = cache.readThroughMany(keys, origin(), { patienceMs: 100 }).then(() => clock.now());
    for (let ms = 0; ms < 1_000; ms += 10) {
      await settled();
      clock.advance(10);
    }
    expect(await reading).toBeLessThan(200);
  });

  it('begins no page for a caller that has aborted', async () => {
    const { cache } = givenFleet<string>().instance();
    const keys = Array.from({ length: 251 }, (_, index) => `${index}`);
    const leaving = new AbortController();
    const load = origin();
    const left = cache.readThroughMany(keys, async (missing) => (leaving.abort(), load(missing)), leaving);
    await expect(left).rejects.toThrow('abort');
    await settled();
    expect(load).toHaveBeenCalledOnce();
  });

  it('lets its loader read another cache for any number of keys', async () => {
    const { instance, definition } = givenFleet<string>();
    const { cache, runtime } = instance();
    const other = new Cache({ ...definition, name: 'other' }, runtime);
    const keys = Array.from({ length: 6_000 }, (_, index) => `${index}`);
    const load = async (missing: string[]) => {
      await other.readThrough('x', async () => 'x');
      return origin()(missing);
    };
    expect(await cache.readThroughMany(keys, load)).toEqual(keys);
  });
});
