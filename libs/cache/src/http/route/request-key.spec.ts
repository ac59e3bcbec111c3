import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../core/policy/define-cache.js';
import { cachedRoute } from './cached-route.js';
import { SHARED, requestKey } from './request-key.js';

const items = defineCache<string, number>({ name: 'items', version: 1, key: z.string(), ttl: '30s' });
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
