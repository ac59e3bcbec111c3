import { expect, it } from 'vitest';
import { givenFleet } from '../src/testing/fleet.js';

/** A chain of as many contexts overflows the stack. */
const READS = 20_000;

it('loaders that each schedule the next read form no chain of contexts', async () => {
  const { clock, instance } = givenFleet<number>({ ttl: '1s' });
  const { cache } = instance();
  const ended = Promise.withResolvers<void>();
  const read = (count: number): void => {
    const load = async (): Promise<number> => {
      await cache.readThrough('other', async () => 1);
      if (count === READS) ended.resolve();
      else
        setImmediate(() => {
          clock.advance(5_000);
          read(count + 1);
        });
      return count;
    };
    cache.readThrough('k', load).catch(ended.reject);
  };
  read(1);
  await expect(ended.promise).resolves.toBeUndefined();
}, 60_000);
