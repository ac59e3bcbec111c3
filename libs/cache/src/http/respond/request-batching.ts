import type { IncomingMessage } from 'node:http';
import { nextMacrotask } from './next-turn.js';

const WAITED = Symbol('waited');

/** A request waits once, whoever asks for it. */
type Waiting = IncomingMessage & { [WAITED]?: true };

/** Everybody who waits now, in the order of their requests; each goes on in the async context that it came with. */
let turn: Promise<void> | undefined;

/**
 * Resolves once every request that has arrived by now was read from its socket; `undefined` for a request that has waited.
 *
 * What arrives together is then answered together, one stage after the other: the code of a stage stays in the caches of the
 * processor from one request to the next, instead of being driven out by all the others, the system's own among them
 * (docs/performance.md). Alone, a request waits for one turn of the event loop, some microseconds.
 */
export function nextBatch(request: Waiting): Promise<void> | undefined {
  if (request[WAITED]) return undefined;
  request[WAITED] = true;
  turn ??= nextMacrotask().then(() => {
    turn = undefined;
  });
  return turn;
}
