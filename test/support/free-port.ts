import { createServer } from 'node:net';

/**
 * Below the range from which the system takes ports for outgoing connections: otherwise a client that reconnects to a
 * stopped server may be given that very port and end up talking to itself, and the server cannot come back.
 */
const lowest = 20_000;
const highest = 32_000;

/** A port of 127.0.0.1 on which nothing listens. Random, because test files in other processes look for one too. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
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
