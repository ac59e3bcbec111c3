import { createServer } from 'node:net';

/**
 * Below the range of ports for outgoing connections. Otherwise a client that reconnects to a stopped server may get the same port
 * and connect to itself, and the server cannot start again.
 */
const lowest = 20_000;
const highest = 32_000;
/** A server may not listen yet when the next port is looked for: a cluster needs twelve of them. */
const returned = new Set<number>();

/** Returns a random port of 127.0.0.1 without a listener, and each port once. Random, because test files in other processes also look for ports. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (returned.has(port)) continue;
    returned.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
