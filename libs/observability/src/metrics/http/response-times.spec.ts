import { once } from 'node:events';
import { createServer, type RequestListener as Handler, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, type AddressInfo, type Server as NetServer } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.js';
import { CLIENT_CLOSED_REQUEST } from '../../request/request-line.js';
import { listenToRequests, type RequestListener } from './response-times.js';

describe(listenToRequests, () => {
  /** Returns a listener for requests that have ended. */
  const whenEnded = (ended: RequestListener['ended']): RequestListener => ({ arrived: () => {}, ended });

  const listen = async <S extends NetServer>(server: S): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };

  it('includes the servers of other addresses, which share the listener, and no other server', async () => {
    const handler: Handler = (_request, response) => void response.end();
    const [main, ofOtherAddress, foreign]: Server[] = [
      createServer(handler),
      createServer(handler),
      createServer((_request, response) => void response.end()),
    ];
    const seen: unknown[] = [];
    if (main)
      listenToRequests(
        main,
        whenEnded(({ url }, status) => seen.push([url, status])),
      );
    for (const [place, server] of [foreign, main, ofOtherAddress].entries()) {
      if (!server) continue;
      const port = await listen(server);
      await (await fetch(`http://127.0.0.1:${port}/${place}`, { headers: { connection: 'close' } })).text();
    }
    await eventually(() =>
      expect(seen).toEqual([
        ['/1', 200],
        ['/2', 200],
      ]),
    );
  });

  it('measures each request from its own arrival to the end of its response', async () => {
    const server = createServer((_request, response) => void setImmediate(() => response.end()));
    const seen: number[] = [];
    listenToRequests(
      server,
      whenEnded((_request, _status, durationMs) => seen.push(durationMs)),
    );
    const port = await listen(server);
    for (const times of [1, 2, 3]) {
      const sentAt = performance.now();
      await (await fetch(`http://127.0.0.1:${port}`)).text();
      await eventually(() => expect(seen).toHaveLength(times));
      expect(seen.at(-1)).toBeGreaterThan(0);
      expect(seen.at(-1)).toBeLessThan(performance.now() - sentAt);
    }
  });

  it('charges no request with the time of one that arrived later in the same turn', async () => {
    const blocked = 100;
    const server = createServer(({ url }, response) => {
      if (url === '/blocking') blockFor(blocked);
      response.end();
    });
    const durations = new Map<string | undefined, number>();
    listenToRequests(
      server,
      whenEnded(({ url }, _status, durationMs) => durations.set(url, durationMs)),
    );
    const port = await listen(server);
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    const sendTo = (place: number, path: string) => sockets[place]?.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    for (const [place, socket] of sockets.entries()) {
      sendTo(place, '/first');
      await once(socket, 'data');
    }
    // Both arrive before the event loop reads sockets again, so it reads them in one turn.
    await new Promise(setImmediate);
    sendTo(0, '/quick');
    sendTo(1, '/blocking');
    blockFor(blocked);
    await eventually(() => expect([...durations.keys()]).toEqual(['/first', '/quick', '/blocking']));
    expect(durations.get('/quick')).toBeLessThan(blocked);
    expect(durations.get('/blocking')).toBeGreaterThanOrEqual(blocked);
    for (const socket of sockets) socket.destroy();
  });

  it('ends a request with the status 499 if its client disconnected in the turn of its arrival', async () => {
    const server = createServer((_request, { socket }) => void socket?.destroy());
    const seen: number[] = [];
    listenToRequests(
      server,
      whenEnded((_request, status) => seen.push(status)),
    );
    await listen(server);
    // A connection of the system is closed in the next turn at the earliest.
    const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    server.emit('connection', socket);
    socket.push('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => expect(seen).toEqual([CLIENT_CLOSED_REQUEST]));
  });

  it('measures HTTP/2', async () => {
    const server = createHttp2Server((request, response) => {
      if (request.url === '/slow') request.stream.session?.destroy();
      else response.writeHead(201).end('ok');
    });
    const seen: unknown[] = [];
    listenToRequests(
      server,
      whenEnded(({ url }, status) => seen.push([url, status])),
    );
    const client = connectHttp2(`http://127.0.0.1:${await listen(server)}`);
    expect(await text(client.request({ ':path': '/quick' }))).toBe('ok');
    client.request({ ':path': '/slow' }).on('error', () => {});
    await eventually(() =>
      expect(seen).toEqual([
        ['/quick', 201],
        ['/slow', 499],
      ]),
    );
    client.destroy();
  });
});

/** Keeps the event loop from turning. */
function blockFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
