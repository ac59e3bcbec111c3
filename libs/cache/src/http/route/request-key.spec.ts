import { describe, expect, it } from 'vitest';
import { type CachePolicy, defineCache } from '../../core/policy/define-cache.js';
import { givenFleet } from '../../testing/fleet.js';
import { withPayload } from '../../testing/forged-record.js';
import { cachedRoute, type CacheResponseOptions } from './cached-route.js';
import { entryAt, SHARED, requestKey } from './request-key.js';

const items = defineCache<number>('items', { ttl: '30s' });
const route = cachedRoute(items, ({ params }) => params['id'], {});
const request = { params: { id: '1' }, query: {}, headers: {} };

describe(requestKey, () => {
  it.each([undefined, null])('requestKey returns the shared key of a request whose user is %j', (user) => {
    expect(requestKey(route, { ...request, user, raw: { user } })).toEqual({ raw: '1', audience: SHARED });
  });

  it.each([0, '', {}])('requestKey returns no key for a request whose user is %j', (user) => {
    expect(requestKey(route, { ...request, user })).toBeUndefined();
  });
});

describe(entryAt, () => {
  it.each<[string, string, Partial<CachePolicy<string, unknown>>, CacheResponseOptions<string, unknown>]>([
    ['the text alone', 'hit', {}, {}],
    ['the value, if the route computes headers from it', 'miss', {}, { headers: () => ({}) }],
    ['the value, if the policy computes a date from it', 'miss', { lastModified: () => new Date(5) }, {}],
  ])('entryAt returns an entry whose reads need %s', async (_, status, policy, options) => {
    const { definition, instance, server } = givenFleet<unknown>(policy);
    await instance().cache.set('k', 1);
    const { text, ttlMs } = server.machine.read('n:c:test:sk');
    server.put('n:c:test:sk', withPayload('{')(text ?? ''), ttlMs);
    const entry = entryAt(
      cachedRoute(definition, () => 'k', options),
      instance().cache,
      { raw: 'k', audience: SHARED },
    );
    expect(await entry?.read(async () => 2)).toMatchObject({ status });
  });
});
