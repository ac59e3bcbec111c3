import { refusalOf, slotOf } from '@nuthatch/redis';
import { runScript, type ScriptStep, type Sender } from './run-script.js';
import type { RunScript } from './step-batches.js';

/**
 * Runs a script once per hash slot, because a cluster runs no script on records of several slots. The calls leave together. A call
 * that the server refuses fails its own steps only: their replies are its error.
 */
export const runPerSlot: RunScript = (client, script, steps, options) =>
  perSlot(steps, script.repliesPerStep, (own) => runScript(client, script, own, options));

/** As {@link runPerSlot}, on records that are moving to the server. */
export const runImporting: RunScript = (client, script, steps, options) =>
  perSlot(steps, script.repliesPerStep, (own) => runScript(asking(client), script, own, options));

/** Announces each command to a server that its record is moving to. Both leave in one turn, so no other command is between them. */
function asking(client: Sender): Sender {
  return {
    sendCommand: (words, options) => {
      client.sendCommand(['ASKING']).catch(() => {});
      return client.sendCommand(words, options);
    },
  };
}

async function perSlot(
  steps: readonly ScriptStep<string>[],
  repliesPerStep: number,
  run: (steps: readonly ScriptStep<string>[]) => Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  const slots = Map.groupBy(steps.keys(), (place) => slotOf(steps[place]?.recordKey ?? ''));
  const replies: unknown[] = Array.from({ length: repliesPerStep * steps.length });
  await Promise.all(
    [...slots.values()].map(async (places) => {
      const own = await run(places.flatMap((place) => steps[place] ?? [])).catch(refused);
      places.forEach((place, index) => {
        for (let reply = 0; reply < repliesPerStep; reply += 1)
          replies[repliesPerStep * place + reply] = own instanceof Error ? own : own[repliesPerStep * index + reply];
      });
    }),
  );
  return replies;
}

/** Returns the error with which the server refused a call, and rejects with an error of the connection. */
function refused(error: unknown): Error {
  if (error instanceof Error && refusalOf(error) !== undefined) return error;
  throw error;
}
