import type { Cache } from '@nuthatch/cache';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { createFastifyAdapter } from '../../../apps/api/src/http/server/fastify-adapter.js';
import { userById, userIdByEmail, usersPage } from '../../../apps/api/src/users/users.cache.js';
import { cacheEnvironment, type RunningApi, startListening } from '../support/running-api.js';
import { mutants } from './uncached/mutants.js';
import { steps } from './uncached/steps.js';
import { Story } from './uncached/story.js';

/** More by `RUNS=1000`. What failed is printed with its seed and path: the same again is `fc.assert(…, { seed, path })`. */
const RUNS = Number(process.env['RUNS'] ?? 25);

const patientCache = () => ({ ...cacheEnvironment(), CACHE_OPERATION_TIMEOUT: '5s' });

const setups = [
  // A Redis that is too late for a busy machine would have its reads pass the cache by: then a list has no tag.
  { what: 'Redis', environment: patientCache, adapter: createFastifyAdapter, faults: mutants },
  { what: 'a cache in the process', environment: () => ({}), adapter: createFastifyAdapter, faults: {} },
];

describe.each(setups)('users with $what', ({ environment, adapter, faults }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startListening({ DATA_DIR: 'memory', ...environment() }, adapter);
  });
  afterEach(() => void vi.restoreAllMocks());
  afterAll(() => api.stop());

  const asWithoutCache = (send: RunningApi['send']) =>
    fc.asyncProperty(steps, async (taken) => {
      await forgetEverything(api);
      await new Story(send).tell(taken);
    });

  it('are answered as if there were no cache, whatever is asked', async () => {
    await expect(
      fc.assert(asWithoutCache(api.send), { numRuns: RUNS, interruptAfterTimeLimit: 20_000 }),
    ).resolves.toBeUndefined();
  });

  it.each(Object.entries(faults))('are not with %s', async (_what, mutate) => {
    const { failed } = await fc.check(asWithoutCache(mutate(api)), { numRuns: 200, endOnFailure: true });
    expect(failed).toBe(true);
  });
});

async function forgetEverything({ app }: RunningApi): Promise<void> {
  await app.get(Database).run((db) => db.deleteFrom('users').execute());
  const caches = [userById, userIdByEmail, usersPage].map(({ token }) => app.get<Cache<unknown, unknown>>(token));
  await Promise.all(caches.map((cache) => cache.clear()));
}
