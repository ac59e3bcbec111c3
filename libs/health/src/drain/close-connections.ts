import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const SWEEP_EVERY_MS = 100;

/** Adds `Connection: close` to every response from now on, so that clients do not reuse their connections. */
export function announceClose(server: Server): void {
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
  });
}

/**
 * Closes connections while the server closes, until the returned function is called: idle connections within 100 ms, the
 * others after `timeoutMs`. `onTimeout` is called before connections with requests in flight are closed.
 *
 * Without it, a connection whose last response preceded {@link announceClose} keeps the server open until its keep-alive
 * timeout, which is 72 s with Fastify.
 */
export function closeConnections(server: Server, timeoutMs: number, onTimeout: () => void): () => void {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  const deadline = setTimeout(() => {
    onTimeout();
    server.closeAllConnections();
  }, timeoutMs);
  return () => {
    clearInterval(sweep);
    clearTimeout(deadline);
  };
}
