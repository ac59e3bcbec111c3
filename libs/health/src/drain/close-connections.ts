import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const SWEEP_EVERY_MS = 100;

/** Tells every client, with the answer to its next request, not to use that connection again. */
export function announceClose(server: Server): void {
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
  });
}

/**
 * Ends connections while the server closes, until the returned function is called: idle ones as soon as they are idle, all of
 * them after `timeoutMs`. Without it, a connection whose last answer left before the announcement keeps the server open until
 * its keep-alive timeout: 72 s with Fastify.
 *
 * `onTimeout` hears that connections had to be cut.
 */
export function endConnections(server: Server, timeoutMs: number, onTimeout: () => void): () => void {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  const cut = setTimeout(() => {
    onTimeout();
    server.closeAllConnections();
  }, timeoutMs);
  return () => {
    clearInterval(sweep);
    clearTimeout(cut);
  };
}
