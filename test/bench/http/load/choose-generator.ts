import { findOnPath } from '../../../support/programs/find-on-path.js';
import type { LoadGenerator } from './load.js';
import { nodeClient } from './node-client.js';
import { wrk } from './wrk.js';

/** wrk where there is one: a client in Node takes about as long for a request as the fastest server for its answer. */
export function loadGenerator(): LoadGenerator {
  return findOnPath('wrk') ? wrk : nodeClient;
}
