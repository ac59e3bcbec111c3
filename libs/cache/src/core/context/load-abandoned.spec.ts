import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { LoadAbandoned } from './load-abandoned.js';

describe(LoadAbandoned.name, () => {
  it('makes every read that shares the load run its own, and gives the lease back', async () => {
    const { instance } = givenFleet<number>({ errorBackOff: '10s' });
    const [here, there] = [instance(), instance()];
    const abandoned = Promise.withResolvers<number>();
    const first = here.cache.readThrough('k', () => abandoned.promise);
    const joined = here.cache.readThrough('k', async () => 2);
    abandoned.reject(new LoadAbandoned());
    expect(await joined).toBe(2);
    expect(await first).toBeUndefined();
    expect(await there.cache.readThrough('k', async () => 3)).toBe(3);
    expect(here.cache.counters()).toMatchObject({ errors: 0 });
  });
});
