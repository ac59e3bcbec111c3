import type { Cache } from '../../core/cache.js';
import { CacheError } from '../../core/errors.js';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import type { Requester, CachedRoute, KeySource } from './cached-route.js';
import { userOf } from './requester.js';

/** What decides under which key a request is answered. */
export interface KeyedRequest extends KeySource, Requester {}

/** Whom an answer may be given to: one principal, or `EVERYBODY`, or nobody but its asker. */
export type Audience = string | typeof EVERYBODY | typeof ITS_REQUESTER;

export const EVERYBODY = Symbol('everybody');
export const ITS_REQUESTER = Symbol('its asker');

/** What may be a key, and whose answer is under it. */
export interface RequestKey {
  readonly raw: unknown;
  readonly audience: Exclude<Audience, typeof ITS_REQUESTER>;
}

/** Whom what is answered to a request may be given to, by what is known of its sender now. */
export function audienceOf(route: CachedRoute, request: Requester): Audience {
  // An empty text names nobody.
  const principal = route.principal?.(request) || undefined;
  // Without a declared principal in the key, an answer to somebody may not be given to somebody else (RFC 9111 §3.5).
  return principal ?? (identifiesRequester(request) ? ITS_REQUESTER : EVERYBODY);
}

/** `undefined` where the request names its sender and the route does not say whose answers it gives. */
export function requestKey(route: CachedRoute, request: KeyedRequest): RequestKey | undefined {
  const audience = audienceOf(route, request);
  if (audience === ITS_REQUESTER) return undefined;
  const own = ownKey(route, request);
  const principal = audience === EVERYBODY ? undefined : audience;
  if (route.principal) return { raw: withMembers(own, { ...varying(route, request), principal }), audience };
  return { raw: route.vary.length === 0 ? own : withMembers(own, varying(route, request)), audience };
}

/**
 * The entry under a key of a request; `undefined` where the cache's schema refuses it.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID` where the schema leaves out the principal, or makes another of it: two could have one
 * entry then. So could somebody and everybody, where it names a principal for requests that have none.
 */
export function entryAt(
  { definition, principal }: CachedRoute,
  cache: Cache<unknown, unknown>,
  { raw, audience }: RequestKey,
): KeyedEntry<unknown> | undefined {
  const entry = raw === UNMADE ? undefined : cache.at(raw);
  if (!entry || !principal || (principalIn(entry.key) ?? EVERYBODY) === audience) return entry;
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    `@CacheResponse: the key of the cache "${definition.name}" does not keep its principal as it is. Give its schema the member "principal", as a plain text.`,
  );
}

/** Instead of a key, where the route makes none of a request: its handler answers, and pipes say before what is wrong. */
const UNMADE = Symbol('unmade');

function ownKey(route: CachedRoute, request: KeyedRequest): unknown {
  try {
    return route.key(request);
  } catch {
    return UNMADE;
  }
}

function principalIn(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'principal' in key ? key.principal : undefined;
}

function identifiesRequester(requester: Requester): boolean {
  const { headers } = requester;
  if (headers.authorization !== undefined || headers.cookie !== undefined) return true;
  const user = userOf(requester);
  return user !== undefined && user !== null;
}

function varying({ vary }: CachedRoute, { headers }: Requester): Readonly<Record<string, unknown>> {
  return Object.fromEntries(vary.map(([member, header]) => [member, headers[header]]));
}

/** What is no object stays what it is: a key schema with these members refuses it. */
function withMembers(key: unknown, members: Readonly<Record<string, unknown>>): unknown {
  return typeof key === 'object' && key !== null ? { ...key, ...members } : key;
}
