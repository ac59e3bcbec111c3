import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Look } from '../../core/read/look.js';

const looks = new WeakMap<IncomingMessage, Look<unknown>>();

/** Leaves what was seen of a request's entry to whoever answers it, until its response has ended. */
export function leaveLook(look: Look<unknown>, incoming: IncomingMessage, outgoing: ServerResponse): void {
  // Whose client has left by now closes no more.
  if (outgoing.destroyed) return look.end();
  looks.set(incoming, look);
  outgoing.once('close', () => look.end());
}

export function lookFor(incoming: IncomingMessage): Look<unknown> | undefined {
  return looks.get(incoming);
}
