import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { nextMacrotask } from './next-turn.js';

/** Resolves once the headers of a response have left, or nobody waits for them any more. */
export async function headersSent(response: ServerResponse): Promise<void> {
  // Whoever answers without waiting for something else has done so by then.
  await nextMacrotask();
  if (!response.headersSent && !response.destroyed) await once(response, 'close');
}
