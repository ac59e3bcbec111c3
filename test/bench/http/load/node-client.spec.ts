import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeClient } from './node-client.js';

let close = (): void => {};
afterEach(() => close());

async function givenServer(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.close().closeAllConnections();
  const { port } = server.address() as AddressInfo;
  return {
    port,
    method: 'GET',
    paths: { inTurn: ['/a', '/b'] },
    headers: { 'x-asked': 'yes' },
    connections: 4,
    seconds: 1,
  } as const;
}

describe('the client in Node', () => {
  it('counts the responses over open connections, for paths in turn', async () => {
    const seen = { a: 0, b: 0, sockets: new Set<unknown>() };
    const load = await givenServer(({ url, headers, socket }, response) => {
      seen[url === '/a' ? 'a' : 'b'] += headers['x-asked'] === 'yes' ? 1 : 0;
      seen.sockets.add(socket);
      response.setHeader('Content-Length', 5).end('hello');
    });
    const report = await nodeClient.run(load);
    const total = seen.a + seen.b;
    // The client does not wait for the responses to its last requests.
    expect(report.requests).toBeGreaterThan(total - 5);
    expect(report.requests).toBeLessThanOrEqual(total);
    expect(Math.abs(seen.a - seen.b)).toBeLessThanOrEqual(1);
    expect(seen.sockets.size).toBe(4);
    expect(report.seconds).toBeGreaterThanOrEqual(0.99);
    expect(report.p50Ms).toBeGreaterThan(0);
    expect(report.p99Ms).toBeGreaterThanOrEqual(report.p50Ms);
  });

  it('reads a 304, which has no body', async () => {
    const load = await givenServer((_, response) => response.writeHead(304).end());
    expect((await nodeClient.run(load)).requests).toBeGreaterThan(10);
  });

  it('reads a response that arrives in pieces', async () => {
    const load = await givenServer((_, response) => {
      response.setHeader('Content-Length', 10).write('hello');
      setImmediate(() => response.end('world'));
    });
    expect((await nodeClient.run(load)).requests).toBeGreaterThan(10);
  });

  it('reads a response of many chunks', async () => {
    const body = Buffer.alloc(500_000);
    const load = await givenServer((_, response) => response.setHeader('Content-Length', body.length).end(body));
    expect((await nodeClient.run(load)).requests).toBeGreaterThan(10);
  });

  it('fails on an error response', async () => {
    const load = await givenServer((_, response) => response.writeHead(503, { 'Content-Length': 0 }).end());
    await expect(nodeClient.run(load)).rejects.toThrow(/503 Service Unavailable/);
  });

  it('fails when the server closes a connection', async () => {
    const load = await givenServer(({ socket }) => socket.destroy());
    await expect(nodeClient.run(load)).rejects.toThrow(/closed a connection|ECONNRESET/);
  });
});
