import type { IncomingMessage } from 'node:http';
import type { Tier } from '../core/ports.js';
import type { ReadResult } from '../core/read-outcome.js';

/** How the cache answered one HTTP request. */
export interface CacheOutcome {
  readonly cache: string;
  readonly result: ReadResult;
  readonly tier: Tier | undefined;
  /** How old the answer was, in milliseconds; `undefined` where nothing stored was served. */
  readonly ageMs: number | undefined;
}

const outcomes = new WeakMap<IncomingMessage, CacheOutcome>();

/** How the cache answered this request, for its log line; `undefined` where the route is not cached. */
export function cacheOutcomeOf(request: IncomingMessage): CacheOutcome | undefined {
  return outcomes.get(request);
}

export function recordCacheOutcome(request: IncomingMessage, outcome: CacheOutcome): void {
  outcomes.set(request, outcome);
}
