import type { IncomingMessage } from 'node:http';
import type { Tier } from '../../core/store/store.js';
import type { ReadStatus } from '../../core/read-result.js';

/** How the cache answered one HTTP request. */
export interface CacheOutcome {
  readonly cache: string;
  readonly result: ReadStatus;
  readonly tier: Tier | undefined;
  /** How old the answer was, in milliseconds; `undefined` where nothing stored was served. */
  readonly ageMs: number | undefined;
}

const OUTCOME = Symbol('CacheOutcome');

/** The outcome stands in the request itself: a table of requests would be the work of the garbage collector. */
type Recorded = IncomingMessage & { [OUTCOME]?: CacheOutcome };

/** How the cache answered this request, for its log line; `undefined` where the route is not cached. */
export function cacheOutcomeOf(request: Recorded): CacheOutcome | undefined {
  return request[OUTCOME];
}

export function recordCacheOutcome(request: Recorded, outcome: CacheOutcome): void {
  request[OUTCOME] = outcome;
}
