import { CacheError } from '../errors.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';

/**
 * One attempt of a read at the store.
 *
 * Each step has a deadline of its own, and an attempt has several steps. None begins once they have taken one deadline together, so the
 * store keeps a reader waiting for two deadlines at most.
 */
export interface L2Attempt {
  /** The unbroken connection on which the attempt relies. */
  readonly session: string;
  readonly inFlightRead: InFlightRead;
  /** When the last step before the load must have begun, on the clock of the cache. */
  readonly lastStepAt: number;
}

/** Returns the error of a step that may no longer begin. */
export function tooSlow(): CacheError {
  return new CacheError('CACHE_UNAVAILABLE', 'Redis is too slow for another step of this read.');
}
