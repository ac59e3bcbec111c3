import { wallClock } from '../../core/clock.js';
import { opaqueTagOf, strongEtag } from '../../core/policy/etag.js';
import { jsonCodec } from '../../core/codec/json-codec.js';
import type { ReadResult } from '../../core/read-result.js';
import { cacheGroups } from '../headers/cache-groups.js';
import { cacheStatus, xCache } from '../headers/cache-status.js';
import type { CachedRoute } from '../route/cached-route.js';
import { ASK_EACH_TIME } from '../headers/cache-control.js';
import { evaluatePreconditions, type Verdict } from '../headers/preconditions.js';
import { lastModified } from '../headers/last-modified.js';
import { representationTag } from '../headers/representation-etag.js';
import type { KeyedRequest } from '../route/request-key.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** What is sent, before any server's own words for it. The names of headers are in lower case: each server would make them so. */
export interface CachedResponse {
  readonly verdict: Verdict;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON text of a 200. */
  readonly text: string;
}

/** The answer to `request` with what the cache found under some tags, or the handler answered with a status. */
export function cachedResponse(
  route: CachedRoute,
  request: KeyedRequest,
  result: ReadResult<unknown>,
  { tags, status }: { readonly tags: readonly string[]; readonly status?: number },
): CachedResponse {
  const headers: Record<string, string> = {
    'cache-status': cacheStatus(result, status),
    'x-cache': xCache(result),
    'cache-control': route.cacheControl,
  };
  const groups = tags.length > 0 ? cacheGroups(tags) : undefined;
  if (groups !== undefined) headers['cache-groups'] = groups;
  // RFC 9111 §5.1: whoever may use it without asking has to know how much of its life has passed.
  if (route.tellsAge) headers['age'] = `${Math.floor(result.ageMs / 1_000)}`;
  return responseWith(route, request, result, headers);
}

/** The answer to `request` with a value that the cache did not take part in. */
export function uncachedResponse(route: CachedRoute, request: KeyedRequest, value: unknown): CachedResponse {
  const opaque = opaqueTagOf(route.definition, value);
  const etag = opaque === undefined ? undefined : strongEtag(opaque);
  const headers = { 'cache-control': ASK_EACH_TIME };
  return responseWith(route, request, { answer: { value, json: undefined, etag }, ageMs: undefined }, headers);
}

/**
 * `headers` are those that depend on what the cache knows. A value of unknown age has no date: its handler may have read it from a
 * cache, where it has stood since before the change that came a moment later.
 */
function responseWith(
  route: CachedRoute,
  request: KeyedRequest,
  { answer, ageMs }: Pick<ReadResult<unknown>, 'answer'> & { readonly ageMs: number | undefined },
  headers: Record<string, string>,
): CachedResponse {
  const text = answer.json ?? jsonCodec.encode(answer.value).payload;
  const etag = representationTag(route, answer, text);
  const changedAt = ageMs === undefined ? undefined : route.definition.lastModified?.(answer.value);
  const modifiedAt =
    changedAt === undefined || ageMs === undefined ? undefined : lastModified(changedAt, wallClock() - ageMs);
  const verdict = evaluatePreconditions(request.headers, { etag, modifiedAt });
  if (verdict === 'failed') return { verdict, headers: { 'cache-control': 'no-store', etag }, text };
  headers['etag'] = etag;
  if (modifiedAt !== undefined) headers['last-modified'] = new Date(modifiedAt).toUTCString();
  if (route.varies !== undefined) headers['vary'] = route.varies;
  if (route.headers) Object.assign(headers, route.headers(answer.value, request));
  // RFC 9110 §15.4.5: a 304 has the headers of the 200, without those that describe a body.
  if (verdict === 'answer') headers['content-type'] = JSON_TYPE;
  return { verdict, headers, text };
}
