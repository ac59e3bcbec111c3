import { describe, expect, it } from 'vitest';
import { type CachePolicy, defineCache } from '../../core/policy/define-cache.js';
import { givenFleet } from '../../testing/fleet.js';
import { withPayload } from '../../testing/forged-record.js';
import { cachedRoute, type CacheResponseOptions, type Requester } from './cached-route.js';
import { entryAt, requesterOf, requestKey, SHARED } from './request-key.js';

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

describe(requesterOf, () => {
  const headers = { authorization: 'Bearer a', cookie: 'session=a' };
  it.each<[string, Requester, string]>([
    ['the id of a user', { headers, user: { id: 7, exp: 1 } }, 'user 7'],
    ['the id of a user that has a subject too', { headers, user: { sub: 'ann', id: 7 } }, 'user 7'],
    ['the subject of a token', { headers, user: { sub: 'ann' } }, 'user ann'],
    ['a user that is a text itself', { headers, user: 'ann' }, 'user ann'],
    ['the credentials of a user without an id', { headers, user: {} }, 'Bearer a'],
    ['a cookie', { headers: { cookie: 'session=a' }, user: null }, 'session=a'],
    ['an empty text without user and credentials', { headers: {} }, ''],
  ])('requesterOf returns %s', (_, requester, expected) => {
    expect(requesterOf(requester)).toBe(expected);
  });
});
