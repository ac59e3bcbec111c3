import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import { WritePath } from './write-path.js';

const RECORD_KEY = 'n:c:test:sk';

describe(WritePath.name, () => {
  it('drops local copies with an invalidation, although its own messages were lost', async () => {
    const { instance } = givenFleet<number>();
    const { cache, store } = instance();
    await cache.readThrough('k', async () => 1);
    store.dropMessages();
    expect(await cache.invalidate('k')).toBe('applied');
    expect(await cache.readThrough('k', async () => 2)).toBe(2);
  });

  it('stops sharing a load in flight with an invalidation, although its own messages were lost', async () => {
    const { instance } = givenFleet<number>();
    const { cache, store } = instance();
    const old = Promise.withResolvers<number>();
    const before = cache.readThrough('k', () => old.promise);
    await vi.waitFor(() => expect(cache.counters().loads).toBe(1));
    store.dropMessages();
    await cache.invalidate('k');
    expect(await cache.readThrough('k', async () => 2)).toBe(2);
    old.resolve(1);
    expect(await before).toBe(1);
    expect(await cache.get('k')).toBe(2);
  });

  it('invalidates at once within a write of another runtime, and with the write of its own', async () => {
    const { server, instance } = givenFleet<number>();
    const [here, other] = [instance(), instance()];
    await here.cache.set('k', 1);
    const invalidateWithin = async (runtime: typeof here.runtime): Promise<string | undefined> => {
      const { result } = await new CacheRegistry(runtime).write(async () => {
        await here.cache.invalidate('k');
        return server.text(RECORD_KEY);
      });
      return result;
    };
    expect(await invalidateWithin(other.runtime)).toBeUndefined();
    expect(await invalidateWithin(here.runtime)).toMatch(/^W\|/);
    expect(server.text(RECORD_KEY)).toBeUndefined();
  });

  it('invalidates no other name than the ones of the call', async () => {
    const labels: string[] = [];
    const { instance } = givenFleet<number>({}, async (label, act) => {
      labels.push(label);
      return act();
    });
    const { cache } = instance();
    const steps = async (call: () => Promise<unknown>): Promise<string[]> => {
      await call();
      return labels.splice(0).filter((label) => label !== 'read' && label !== 'ensure tag version');
    };
    expect(await steps(() => cache.set('k', 1))).toEqual(['intent', 'done with value']);
    expect(await steps(() => cache.writeThrough('k', async () => 1))).toEqual(['intent', 'done with value']);
    expect(await steps(() => cache.writeInvalidate('k', async () => 1))).toEqual(['intent', 'done']);
    for (const call of [
      () => cache.invalidate('k'),
      () => cache.delete('k'),
      () => cache.invalidateTags(['t']),
      () => cache.clear(),
    ])
      expect(await steps(call)).toEqual(['invalidate']);
  });
});
