import type { IncomingMessage } from 'node:http';
import { HttpStatus } from '@nestjs/common';
import type { ReadResult, ReadStatus } from '../../core/read-result.js';
import type { Tier } from '../../core/store/store.js';
import type { CachedRoute } from '../route/cached-route.js';

/** Describes how the cache answered one HTTP request. */
export interface CacheOutcome {
  /** The name of the cache. */
  readonly cache: string;
  readonly result: ReadStatus;
  /** The tier that served the value; `undefined` if the answer was not served from the cache. */
  readonly tier: Tier | undefined;
  /** The age of the answer, in milliseconds; `undefined` if the answer was not served from the cache. */
  readonly ageMs: number | undefined;
}

const OUTCOME = Symbol('CacheOutcome');

/** A request that carries its outcome as a property. A `WeakMap` of requests would burden the garbage collector. */
type Recorded = IncomingMessage & { [OUTCOME]?: CacheOutcome };

/** Returns how the cache answered this request, for its log line; `undefined` when the route is not cached. */
export function cacheOutcomeOf(request: Recorded): CacheOutcome | undefined {
  return request[OUTCOME];
}

/** Records the result of a read as the outcome of a request. */
export function recordResult(
  request: Recorded,
  { definition }: CachedRoute,
  { status, tier, ageMs }: Pick<ReadResult<unknown>, 'status' | 'tier' | 'ageMs'>,
): void {
  const served = tier === undefined ? undefined : Math.round(ageMs);
  request[OUTCOME] = { cache: definition.name, result: status, tier, ageMs: served };
}

/** Returns the value of `Cache-Status` (RFC 9211) for a read and the HTTP status of its answer. Times are rounded to whole seconds. */
export function cacheStatus(
  { status, detail, tier, ttlMs, stored, collapsed }: ReadResult<unknown>,
  httpStatus: number = HttpStatus.OK,
): string {
  const ttl = `ttl=${Math.round(ttlMs / 1_000)}`;
  if (detail === 'stale-if-error') return 'nuthatch; fwd=stale; fwd-status=503; detail=stale-if-error';
  if (status === 'hit') return `nuthatch; hit; ${ttl}; detail=${tier}`;
  if (status === 'negative') return `nuthatch; hit; ${ttl}; detail=negative`;
  if (status === 'stale') return `nuthatch; hit; ${ttl}; detail=stale-while-revalidate`;
  if (status === 'bypass') return `nuthatch; fwd=bypass; detail=${detail}`;
  if (collapsed) return 'nuthatch; fwd=uri-miss; collapsed';
  const missed = `nuthatch; fwd=uri-miss; fwd-status=${httpStatus}`;
  return stored ? `${missed}; stored; ${ttl}` : missed;
}

/** `Cache-Status` of a request with credentials: its answer is neither read from the cache nor stored in it. */
export const CREDENTIALS_STATUS = 'nuthatch; fwd=bypass; detail=credentials';

/** The values of `X-Cache`, for clients and dashboards that were made for `@nestjs/cache-manager`. */
export const X_CACHE: Readonly<Record<ReadStatus, string>> = {
  hit: 'HIT',
  negative: 'HIT',
  miss: 'MISS',
  stale: 'STALE',
  bypass: 'BYPASS',
  error: 'ERROR',
};
