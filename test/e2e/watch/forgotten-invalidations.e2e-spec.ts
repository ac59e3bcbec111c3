import type { Cache, CacheDefinition } from '@nuthatch/cache';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ActiveWrite } from '../../../libs/cache/src/core/write/active-write.js';
import { lineFor, tagOf } from '../../../libs/cache/src/testing/watch/names.js';
import * as orderCaches from '../../../apps/api/src/orders/orders.cache.js';
import * as userCaches from '../../../apps/api/src/users/users.cache.js';
import { newDatabase, type RunningApi, startApi } from '../support/running-api.js';

const { orderById, ordersPage } = orderCaches;
const { userById, usersPage } = userCaches;
const exports = { ...userCaches, ...orderCaches };

interface World {
  readonly user: { readonly id: string; readonly email: string };
  readonly order: { readonly id: string };
  /** An address without a user. */
  readonly free: string;
}

/** The writes of the API, each with the number of names that no cached entry can need, because the id is new. */
const writes: Readonly<
  Record<string, { readonly ofNewId: number; readonly act: (api: RunningApi, world: World) => Promise<unknown> }>
> = {
  'create a user': {
    ofNewId: 2,
    act: (api, { free }) => api.send('POST', '/users', { body: { name: 'Ann', email: free } }),
  },
  'change a user': {
    ofNewId: 0,
    act: (api, { user, free }) => api.send('PATCH', `/users/${user.id}`, { body: { name: 'Ann', email: free } }),
  },
  'delete a user': { ofNewId: 0, act: (api, { user }) => api.send('DELETE', `/users/${user.id}`) },
  'create an order': {
    ofNewId: 1,
    act: (api, { user }) => api.send('POST', `/users/${user.id}/orders`, { body: { amount: 1, currency: 'EUR' } }),
  },
  'change an order': {
    ofNewId: 0,
    act: (api, { order }) => api.send('PATCH', `/orders/${order.id}`, { body: { status: 'paid' } }),
  },
  'delete an order': { ofNewId: 0, act: (api, { order }) => api.send('DELETE', `/orders/${order.id}`) },
};

describe('the watcher of the API', () => {
  let api: RunningApi;
  let people = 0;
  beforeAll(async () => {
    api = await startApi(await newDatabase());
  });
  // The entries of the former test may lack a tag.
  beforeEach(() => clear(usersPage, ordersPage));
  afterEach(() => void vi.restoreAllMocks());
  afterAll(() => api.stop());

  async function clear(...policies: readonly Pick<CacheDefinition<unknown, unknown>, 'token'>[]): Promise<void> {
    for (const { token } of policies) await api.app.get<Cache<unknown, unknown>>(token).clear();
  }

  /** Creates a user with an order, and reads both into every cache. */
  async function givenCached(): Promise<World> {
    people += 1;
    const [email, free] = [`ann${people}@example.org`, `free${people}@example.org`];
    const { body: user } = await api.send('POST', '/users', { body: { name: 'Ada', email } });
    const sent = { body: { amount: 1, currency: 'EUR' } };
    const { body: order } = await api.send('POST', `/users/${user.id}/orders`, sent);
    // The creates have stored their values. A loader must find them, so that the watcher sees the rows.
    await clear(userById, orderById);
    const found = [
      `/users/${user.id}`,
      `/users/lookup?email=${email}`,
      '/users',
      `/users/${user.id}/orders`,
      `/orders/${order.id}`,
    ];
    for (const path of found) expect(await api.send('GET', path)).toMatchObject({ status: 200 });
    expect(await api.send('GET', `/users/lookup?email=${free}`)).toMatchObject({ status: 404 });
    return { user, order, free };
  }

  it.each(Object.entries(writes))('misses each name that a request to %s leaves out', async (_, { ofNewId, act }) => {
    const unchanged = await givenCached();
    const { names } = await leavingOut(undefined, () => act(api, unchanged));
    expect(api.forgotten()).toEqual([]);
    const missed: string[] = [];
    const others: string[] = [];
    for (const place of names.keys()) {
      const world = await givenCached();
      const { leftOut } = await leavingOut(place, () => act(api, world));
      const [faults, line] = [api.forgotten(), textOf(leftOut)];
      const isMissed = faults.some((fault) => fault.includes(line));
      if (isMissed) missed.push(line);
      else others.push(...faults);
    }
    expect(others).toEqual([]);
    expect(missed).toHaveLength(names.length - ofNewId);
  });

  it('is absent from the programs of production', async () => {
    const folder = join(import.meta.dirname, '../../../dist/apps/api');
    for (const program of ['main', 'migrate', 'seed']) {
      const text = await readFile(join(folder, `${program}.js`), 'utf8');
      expect(text).toContain('kysely');
      expect(text).not.toMatch(/libpg-query|InvalidationWatcher/);
    }
  });

  it.each([
    { what: 'the tag of usersPage', leaveOut: () => leaveOutTag(usersPage, 0), write: 'change a user' },
    { what: 'the first tag of ordersPage', leaveOut: () => leaveOutTag(ordersPage, 0), write: 'change an order' },
    { what: 'the second tag of ordersPage', leaveOut: () => leaveOutTag(ordersPage, 1), write: 'change a user' },
  ])('misses $what when a request to $write relies on it', async ({ leaveOut, write }) => {
    const { cache, restore } = leaveOut();
    onTestFinished(restore);
    const world = await givenCached();
    await writes[write]?.act(api, world);
    expect(api.forgotten()).toEqual([expect.stringContaining(`"${cache}"`)]);
  });
});

/** Leaves one tag out of a policy, until it is restored. */
function leaveOutTag<K>(policy: Pick<CacheDefinition<K, unknown>, 'name' | 'tags'>, place: number) {
  const { name, tags } = policy;
  Reflect.set(policy, 'tags', (key: K) => (tags?.(key) ?? []).filter((_, other) => other !== place));
  return { cache: name, restore: () => void Reflect.set(policy, 'tags', tags) };
}

/** Runs a request that makes one write, whose announcement leaves out the name at this place. Returns all names of the write. */
async function leavingOut(
  place: number | undefined,
  act: () => Promise<unknown>,
): Promise<{ readonly names: readonly string[]; readonly leftOut: string }> {
  const names = new Set<string>();
  const isLeftOut = (name: string): boolean => [...names.add(name)].indexOf(name) === place;
  const announce = ActiveWrite.prototype.announce;
  const spy = vi.spyOn(ActiveWrite.prototype, 'announce').mockImplementation(function (this: ActiveWrite, batch) {
    const [recordKeys, tags] = [batch.recordKeys, batch.tags].map((all) => all.filter((name) => !isLeftOut(name)));
    return announce.call(this, { recordKeys: recordKeys ?? [], tags: tags ?? [] });
  });
  await act().finally(() => spy.mockRestore());
  return { names: [...names], leftOut: [...names][place ?? -1] ?? '' };
}

/** Returns the text that a message about a name contains: a tag, or the line that names an entry. */
function textOf(name: string): string {
  const tag = tagOf(name);
  return tag === undefined ? lineFor(name, [], exports) : `'${tag}'`;
}
