import { findOnPath } from '../../../support/programs/find-on-path.js';
import type { LoadGenerator } from './load.js';
import { nodeClient } from './node-client.js';
import { wrk } from './wrk.js';

/** Prefers wrk: a client in Node needs about as long per request as the fastest server. */
export function loadGenerator(): LoadGenerator {
  return findOnPath('wrk') ? wrk : nodeClient;
}
