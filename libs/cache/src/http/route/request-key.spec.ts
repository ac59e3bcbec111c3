import { describe, expect, it } from 'vitest';
import type { CachePolicy } from '../../core/policy/define-cache.js';
import { givenFleet } from '../../testing/fleet.js';
import { withPayload } from '../../testing/forged-record.js';
import { cachedRoute, type CacheResponseOptions, type Requester } from './cached-route.js';
import { requestEntry, requesterOf, SHARED } from './request-key.js';

const request = { params: { id: 'k' }, query: {}, headers: {} };

/** Creates a route whose key is the parameter `id`, with the server of its cache. */
function givenRoute(
  policy: Partial<CachePolicy<string, unknown>> = {},
  options: CacheResponseOptions<string, unknown> = {},
) {
  const { definition, instance, server } = givenFleet<unknown>(policy);
  const { cache } = instance();
  const route = cachedRoute(definition, ({ params }) => params['id'], options);
  return { cached: { route, cache }, cache, server };
}

describe(requestEntry, () => {
  it.each([undefined, null])('requestEntry returns the shared entry of a request whose user is %j', (user) => {
    const found = requestEntry(givenRoute().cached, { ...request, user, raw: { user } });
    expect(found).toMatchObject({ entry: { key: 'k' }, audience: SHARED });
  });

  it.each([0, '', {}])('requestEntry returns nothing for a request whose user is %j', (user) => {
    expect(requestEntry(givenRoute().cached, { ...request, user })).toBeUndefined();
    expect(requestEntry(givenRoute().cached, { ...request, raw: { user } })).toBeUndefined();
  });

  it('requestEntry returns no entry for a key that the schema rejects', () => {
    const found = requestEntry(givenRoute().cached, { ...request, params: { id: '' } });
    expect(found).toEqual({ entry: undefined, audience: SHARED });
  });

  it('requestEntry returns no entry if the key function throws', () => {
    const { cached } = givenRoute();
    const key = (): never => {
      throw new Error('no id');
    };
    const found = requestEntry({ ...cached, route: { ...cached.route, key } }, request);
    expect(found).toEqual({ entry: undefined, audience: SHARED });
  });

  it.each<[string, string, Partial<CachePolicy<string, unknown>>, CacheResponseOptions<string, unknown>]>([
    ['the text alone', 'hit', {}, {}],
    ['the value, if the route computes headers from it', 'miss', {}, { headers: () => ({}) }],
    ['the value, if the policy computes a date from it', 'miss', { lastModified: () => new Date(5) }, {}],
  ])('requestEntry returns an entry whose reads need %s', async (_, status, policy, options) => {
    const { cached, cache, server } = givenRoute(policy, options);
    await cache.set('k', 1);
    const { text, ttlMs } = server.machine.read('n:c:test:sk');
    server.put('n:c:test:sk', withPayload('{')(text ?? ''), ttlMs);
    const entry = requestEntry(cached, request)?.entry;
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
