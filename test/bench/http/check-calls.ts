import type { Traffic } from './contender.js';
import type { Usage } from './server/commands.js';

type Calls = Pick<Usage, 'loads' | 'writes'>;

/**
 * Checks that the origin was called as often as the requests need: never for a hit, and once for each miss or write. A cache that
 * does something else is measured as something else.
 *
 * @param answered the number of responses; requests that were in flight at the end may have called the origin too
 */
export function checkCalls(requests: Traffic['requests'], before: Calls, after: Calls, answered: number): void {
  const [loads, writes] = [after.loads - before.loads, after.writes - before.writes];
  if (requests === 'hits' && loads > 0)
    throw new Error(`It called the origin ${loads} times, so not all answers were hits.`);
  if (requests === 'misses' && loads < answered)
    throw new Error(`It called the origin ${loads} times for ${answered} answers, so not all were misses.`);
  if (requests === 'writes' && writes < answered)
    throw new Error(`It changed the origin ${writes} times for ${answered} answers, so not all were writes.`);
}
