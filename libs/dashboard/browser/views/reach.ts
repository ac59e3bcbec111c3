import type { InvalidationReport } from '../types.js';

/** Says which instances an invalidation reaches. Without Redis, it removes the entries of one process. */
export function reachText(scope: InvalidationReport['scope'], instances: number): string {
  if (scope === 'this-instance') return 'in the memory of this instance';
  const reached = instances === 1 ? '1 instance' : instances === 2 ? 'both instances' : `all ${instances} instances`;
  return `in Redis, for ${reached}`;
}
