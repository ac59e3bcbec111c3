import { CacheError } from '../../core/errors.js';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import { identifyingCookies } from '../headers/consistency-token.js';
import type { CachedRoute, KeySource, Requester, RouteCache } from './cached-route.js';

/** The parts of a request that select its entry. */
export interface KeyedRequest extends KeySource, Requester {}

type KeyedRoute = Pick<RouteCache, 'route' | 'cache'>;

/** The requesters that may receive a response: one principal, all (`SHARED`), or only the sender of the request (`REQUESTER_ONLY`). */
export type Audience = string | typeof SHARED | typeof REQUESTER_ONLY;

export const SHARED = Symbol('shared');
export const REQUESTER_ONLY = Symbol('requester only');

/** The entry of a request, and the requesters that may receive it. */
export interface RequestEntry {
  /** `undefined` when the route's `key` function throws, or the cache's schema rejects the key: the pipes reject invalid parameters. */
  readonly entry: KeyedEntry<unknown> | undefined;
  readonly audience: Exclude<Audience, typeof REQUESTER_ONLY>;
}

/**
 * Returns a text that differs between requesters: the id of the user, else the credentials, else an empty text. Tokens are renewed and
 * other members of a user change, so only the id identifies the user.
 */
export function requesterOf({ headers: { authorization, cookie = '' }, user, raw }: Requester): string {
  const id = idOf(user ?? raw?.user);
  return id === undefined ? (authorization ?? identifyingCookies(cookie)) : `user ${id}`;
}

/** Returns the audience of the answer to a request, from the credentials and the user that the request has at the time of the call. */
export function audienceOf(route: CachedRoute, request: Requester): Audience {
  const principal = route.principal?.(request);
  // An empty string is no principal.
  if (principal !== undefined && principal !== '') return principal;
  const { headers, user, raw } = request;
  const { authorization, cookie } = headers;
  const hasCredentials = authorization !== undefined || (cookie !== undefined && identifyingCookies(cookie) !== '');
  const isIdentified = hasCredentials || (user ?? raw?.user ?? undefined) !== undefined;
  // Without a principal in the key, the answer to one requester must not be sent to another (RFC 9111 §3.5).
  return isIdentified ? REQUESTER_ONLY : SHARED;
}

/**
 * Returns the entry of a request; `undefined` for a request with credentials from which the route derives no principal.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID` when the key schema drops or changes the principal, since two principals could then share
 * one entry; or when it adds a principal to a request without one, since that principal would then read the entry that all requesters share.
 */
export function requestEntry({ route, cache }: KeyedRoute, request: KeyedRequest): RequestEntry | undefined {
  const audience = audienceOf(route, request);
  if (audience === REQUESTER_ONLY) return undefined;
  const { definition, principal, vary, headers } = route;
  let key: unknown;
  try {
    key = route.key(request);
  } catch {
    return { entry: undefined, audience };
  }
  if (vary.length > 0) key = withMembers(key, varyMembers(route, request));
  if (principal) key = withMembers(key, { principal: audience === SHARED ? undefined : audience });
  const entry = cache.at(key, { textOnly: headers === undefined && definition.lastModified === undefined });
  if (!entry || !principal || (principalIn(entry.key) ?? SHARED) === audience) return { entry, audience };
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    `@CacheResponse: the key schema of the cache "${definition.name}" drops or changes the principal. Declare its member "principal" as an optional string, without a default or a transformation.`,
  );
}

/** Returns the entry that a request without credentials would read; `undefined` when there is none. */
export function sharedEntryAt({ route, cache }: KeyedRoute, request: KeyedRequest): KeyedEntry<unknown> | undefined {
  try {
    return cache.at(withMembers(route.key(request), varyMembers(route, request)));
  } catch {
    return undefined;
  }
}

function idOf(user: unknown): string | undefined {
  if (typeof user === 'string') return user;
  if (typeof user !== 'object' || user === null) return undefined;
  const id: unknown = Reflect.get(user, 'id') ?? Reflect.get(user, 'sub');
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

function principalIn(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'principal' in key ? key.principal : undefined;
}

/** Returns the members of the key that receive a request header, with the headers of this request. */
function varyMembers({ vary }: CachedRoute, { headers }: Requester): Readonly<Record<string, unknown>> {
  return Object.fromEntries(vary.map(([member, header]) => [member, headers[header]]));
}

/** Adds members to a key. A key that is no object is returned unchanged: a schema with these members rejects it. */
function withMembers(key: unknown, members: Readonly<Record<string, unknown>>): unknown {
  return typeof key === 'object' && key !== null ? { ...key, ...members } : key;
}
