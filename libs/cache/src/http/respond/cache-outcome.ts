import type { IncomingMessage } from 'node:http';
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
