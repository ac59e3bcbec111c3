import { wallClock } from '../../core/clock.js';
import { opaqueTagOf, strongEtag } from '../../core/policy/etag.js';
import { jsonText } from '../../core/codec/json-codec.js';
import type { ReadResult } from '../../core/read-result.js';
import { cacheGroups } from '../headers/cache-groups.js';
import type { CachedRoute } from '../route/cached-route.js';
import { PRIVATE_NO_CACHE } from '../headers/cache-control.js';
import { evaluatePreconditions, type Verdict } from '../headers/preconditions.js';
import { lastModified, representationTag } from '../headers/validators.js';
import type { KeyedRequest } from '../route/request-key.js';
import { cacheStatus, X_CACHE } from './cache-outcome.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** A response before it is written to the server's response object. The names of headers are in lower case, as servers store them. */
export interface PreparedResponse {
  readonly verdict: Verdict;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers for a CDN. They are not sent with a cookie, which a CDN must not store. */
  readonly edge?: Readonly<Record<string, string>> | undefined;
  /** The JSON text to send with a 200. */
  readonly text: string;
}

/** What the response for a read depends on besides the read. */
export interface ReadDetails {
  /** The tags of the entry. */
  readonly tags: readonly string[];
  /** The handler's HTTP status. */
  readonly status?: number;
  /** The headers for a CDN; `undefined` for a response that it must not keep. */
  readonly edge: Readonly<Record<string, string>> | undefined;
}

/** Returns whether a read found or loaded a value, without decoding a stored text. */
export function hasValue({ answer }: ReadResult<unknown>): boolean {
  return answer.json !== undefined || answer.value !== undefined;
}

/** Returns the response for the result of a read. */
export function cachedResponse(
  route: CachedRoute,
  request: KeyedRequest,
  result: ReadResult<unknown>,
  { tags, status, edge }: ReadDetails,
): PreparedResponse {
  const headers: Record<string, string> = {
    'cache-status': cacheStatus(result, status),
    'x-cache': X_CACHE[result.status],
    'cache-control': route.cacheControl,
  };
  const groups = tags.length > 0 ? cacheGroups(tags) : undefined;
  if (groups !== undefined) headers['cache-groups'] = groups;
  // Clients subtract the age from `max-age` (RFC 9111 §5.1).
  if (route.sendsAge) headers['age'] = `${Math.floor(result.ageMs / 1_000)}`;
  return { ...responseWith(route, request, result, headers), edge };
}

/** Returns the response for a value that was neither read from the cache nor stored in it. */
export function uncachedResponse(route: CachedRoute, request: KeyedRequest, value: unknown): PreparedResponse {
  const opaque = opaqueTagOf(route.definition, value);
  const etag = opaque === undefined ? undefined : strongEtag(opaque);
  const headers = { 'cache-control': PRIVATE_NO_CACHE };
  return responseWith(route, request, { answer: { value, json: undefined, etag }, ageMs: undefined }, headers);
}

/**
 * Adds the headers that depend on the value, and evaluates the preconditions of the request.
 *
 * A value of unknown age gets no `Last-Modified`: its handler may have read it from a cache, so a later change could have the same date.
 */
function responseWith(
  route: CachedRoute,
  request: KeyedRequest,
  { answer, ageMs }: Pick<ReadResult<unknown>, 'answer'> & { readonly ageMs: number | undefined },
  headers: Record<string, string>,
): PreparedResponse {
  const text = answer.json ?? jsonText(answer.value);
  const etag = representationTag(route, answer, text);
  const changedAt = ageMs === undefined ? undefined : route.definition.lastModified?.(answer.value);
  const modifiedAt =
    changedAt === undefined || ageMs === undefined ? undefined : lastModified(changedAt, wallClock() - ageMs);
  const verdict = evaluatePreconditions(request.headers, { etag, modifiedAt });
  if (verdict === 'failed') return { verdict, headers: { 'cache-control': 'no-store', etag }, text };
  headers['etag'] = etag;
  if (modifiedAt !== undefined) headers['last-modified'] = new Date(modifiedAt).toUTCString();
  if (route.varyHeader !== undefined) headers['vary'] = route.varyHeader;
  if (route.headers) Object.assign(headers, route.headers(answer.value, request));
  // A 304 has the headers of the 200, except those that describe a body (RFC 9110 §15.4.5).
  if (verdict === 'answer') headers['content-type'] = JSON_TYPE;
  return { verdict, headers, text };
}
