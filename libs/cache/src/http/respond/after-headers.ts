import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';

/** Resolves in the next turn of the event loop, also under fake timers: it is captured before a test can install them. */
const nextMacrotask: () => Promise<void> = promisify(setImmediate);

/** Resolves when the headers of a response were sent, or its client has disconnected. */
export async function headersSent(response: ServerResponse): Promise<void> {
  // By the next turn, a response that waits for nothing else has been sent.
  await nextMacrotask();
  if (!response.headersSent && !response.destroyed) await once(response, 'close');
}
