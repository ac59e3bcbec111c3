import type { IncomingMessage } from 'node:http';

const WAITED = Symbol('waited');

/** A request waits once, whoever asks for it. */
type Waiting = IncomingMessage & { [WAITED]?: true };

/**
 * Calls `act` once every request that has arrived by now was read from its socket.
 *
 * What arrives together is then answered together, one stage after the other: the code of a stage stays in the caches of the
 * processor from one request to the next, instead of being driven out by all the others, the system's own among them. Under load
 * that is most of what a hit costs (docs/performance.md); alone, a request waits for one turn of the event loop, some microseconds.
 */
export function onceAllRead(request: Waiting, act: () => void): void {
  if (request[WAITED]) return act();
  request[WAITED] = true;
  setImmediate(act);
}
