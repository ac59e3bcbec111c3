import type { Cache } from '../core/cache.js';
import { CacheError } from '../core/cache-error.js';
import type { KeyedEntry } from '../core/keyed-entry.js';
import type { Asker, CachedRoute, KeySource } from './cached-route.js';

/** What decides under which key a request is answered. */
export interface KeyedRequest extends KeySource, Asker {}

/** What may be a key, and whose answer is under it. */
export interface RequestKey {
  readonly raw: unknown;
  readonly principal?: string | undefined;
}

/** `undefined` where the request names its sender and the route does not say whose answers it gives. */
export function requestKey(route: CachedRoute, request: KeyedRequest): RequestKey | undefined {
  // An empty text names nobody.
  const principal = route.principal?.(request) || undefined;
  // Without a declared principal in the key, an answer to somebody may not be given to somebody else (RFC 9111 §3.5).
  if (principal === undefined && namesItsSender(request)) return undefined;
  const own = route.key(request);
  if (!route.principal) return { raw: route.vary.length === 0 ? own : withMembers(own, varying(route, request)) };
  return { raw: withMembers(own, { ...varying(route, request), principal }), principal };
}

/**
 * The entry under a key of a request; `undefined` where the cache's schema refuses it.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID` where the schema leaves out the principal, or makes another of it: two could have one
 * entry then.
 */
export function entryAt(
  cache: Cache<unknown, unknown>,
  { raw, principal }: RequestKey,
): KeyedEntry<unknown> | undefined {
  const entry = cache.at(raw);
  if (!entry || principal === undefined || principalIn(entry.key) === principal) return entry;
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    `@CacheResponse: the key of the cache "${cache.definition.name}" does not keep its principal as it is. Give its schema the member "principal", as a plain text.`,
  );
}

function principalIn(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'principal' in key ? key.principal : undefined;
}

export function namesItsSender({ headers, user }: Asker): boolean {
  return headers.authorization !== undefined || headers.cookie !== undefined || (user !== undefined && user !== null);
}

function varying({ vary }: CachedRoute, { headers }: Asker): Readonly<Record<string, unknown>> {
  return Object.fromEntries(vary.map(([member, header]) => [member, headers[header]]));
}

/** What is no object stays what it is: a key schema with these members refuses it. */
function withMembers(key: unknown, members: Readonly<Record<string, unknown>>): unknown {
  return typeof key === 'object' && key !== null ? { ...key, ...members } : key;
}
