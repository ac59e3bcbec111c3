import { errorCode } from '@nuthatch/redis';
import { runEach } from './run-each.js';
import { runUndeclared } from './run-script.js';
import type { RunScript } from './step-batches.js';

/** How Redis refuses a record in a script: another node has it, its slot is moving, or the cluster is down. */
const REFUSED_IN_SCRIPT = 'ERR Script attempted to';

/**
 * Runs a script with one call on all records of a master of a cluster, whichever hash slots they have. Their names travel as arguments,
 * because keys must have one slot. So Redis judges each record when the script comes to it: a refused step changed nothing, and the
 * others are taken. A refused one is then taken alone, with its record as key, because only that reply names the node to ask.
 */
export const runTogether: RunScript = async (client, script, steps, options) => {
  if (steps.length === 1) return runEach(client, script, steps, options);
  const replies = await runUndeclared(client, script, steps, options);
  const { repliesPerStep } = script;
  const refused = steps.filter((_, index) => isRefused(replies[index * repliesPerStep]));
  if (refused.length === 0) return replies;
  const again = await runEach(client, script, refused, options);
  return steps.flatMap((step, index) => {
    const at = refused.indexOf(step);
    const [source, from] = at < 0 ? [replies, index] : [again, at];
    return source.slice(from * repliesPerStep, (from + 1) * repliesPerStep);
  });
};

function isRefused(reply: unknown): boolean {
  return reply instanceof Error && errorCode(reply).startsWith(REFUSED_IN_SCRIPT);
}
