import { refusalOf } from '@nuthatch/redis';
import { runScript, type Sender } from './run-script.js';
import type { RunScript } from './step-batches.js';

/**
 * Runs a script once per step. The calls leave together, in the order of the steps. A call that the server refuses fails its own step
 * only: its reply is the error.
 */
export const runEach: RunScript = async (client, script, steps, options) => {
  const answers = await Promise.allSettled(steps.map((step) => runScript(client, script, [step], options)));
  const replies: unknown[] = [];
  for (const answer of answers) {
    if (answer.status === 'fulfilled') replies.push(...answer.value);
    else replies.push(...[refused(answer.reason), undefined].slice(0, script.repliesPerStep));
  }
  return replies;
};

/** As {@link runEach}, on records that are moving to the server. */
export const runImporting: RunScript = (client, ...call) => runEach(asking(client), ...call);

/** Announces each command to a server that its record is moving to. Both leave in one turn, so no other command is between them. */
function asking(client: Sender): Sender {
  return {
    sendCommand: (words, options) => {
      client.sendCommand(['ASKING']).catch(() => {});
      return client.sendCommand(words, options);
    },
  };
}

/** Returns the error with which the server refused a call, and rejects with an error of the connection. */
function refused(error: unknown): Error {
  if (error instanceof Error && refusalOf(error) !== undefined) return error;
  throw error;
}
