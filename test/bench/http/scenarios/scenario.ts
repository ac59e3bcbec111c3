import type { Row, Traffic } from '../contender.js';

/** Contenders that answer the same requests: a table of the page. */
export interface Scenario {
  /** Its name for `--only`, and the marker of its table in the page. */
  readonly name: string;
  readonly traffic: Traffic;
  /** The row whose requests per second are 1.00 ×. */
  readonly unit: string;
  readonly rows: readonly Row[];
}

/** What a hit answers: of any cache that reports it, in the memory of Nuthatch, and in its Redis. */
export const HIT = { headers: { 'x-cache': 'HIT' } };
export const L1_HIT = { headers: { ...HIT.headers, 'cache-status': 'detail=l1' } };
export const L2_HIT = { headers: { ...HIT.headers, 'cache-status': 'detail=l2' } };
