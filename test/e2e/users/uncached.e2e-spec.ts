import type { Cache } from '@nuthatch/cache';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { userByEmail, userById, usersPage } from '../../../apps/api/src/users/users.cache.js';
import { cacheEnvironment, newDatabase, type RunningApi, startListening } from '../support/running-api.js';
import { mutants } from './uncached/mutants.js';
import { steps } from './uncached/steps.js';
import { Story } from './uncached/story.js';

/** The number of runs; set more by `RUNS=1000`. A failure prints its seed and path: repeat it by `fc.assert(…, { seed, path })`. */
const RUNS = Number(process.env['RUNS'] ?? 25);

const setups = [
  { what: 'Redis', environment: cacheEnvironment, faults: mutants },
  { what: 'a cache in the process', environment: () => ({}), faults: {} },
];

describe.each(setups)('users with $what', ({ environment, faults }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startListening({ ...(await newDatabase()), ...environment() });
  });
  afterEach(() => void vi.restoreAllMocks());
  afterAll(() => api.stop());

  const asWithoutCache = (send: RunningApi['send']) =>
    fc.asyncProperty(steps, async (taken) => {
      await forgetEverything(api);
      await new Story(send).tell(taken);
    });

  it('get the same answers as from an API without a cache', async () => {
    await expect(
      fc.assert(asWithoutCache(api.send), { numRuns: RUNS, interruptAfterTimeLimit: 20_000 }),
    ).resolves.toBeUndefined();
  });

  it.each(Object.entries(faults))('get other answers with %s', async (_what, mutate) => {
    const { failed } = await fc.check(asWithoutCache(mutate(api)), { numRuns: 200, endOnFailure: true });
    expect(failed).toBe(true);
    // Some faults forget invalidations, and here only the answers count.
    api.forgotten();
  });
});

async function forgetEverything({ app }: RunningApi): Promise<void> {
  await app.get(Database).write((db) => db.deleteFrom('users').execute());
  const caches = [userByEmail, userById, usersPage].map(({ token }) => app.get<Cache<unknown, unknown>>(token));
  await Promise.all(caches.map((cache) => cache.clear()));
}
