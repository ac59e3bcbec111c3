import { describe, expect, it } from 'vitest';
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
});
