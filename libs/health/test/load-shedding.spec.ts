import { createServer, get, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { withLoadShedding } from '../src/overload/load-shedding.js';

describe(withLoadShedding, () => {
  let server: Server;
  let unanswered: ServerResponse[] = [];
  afterEach(() => {
    unanswered = [];
    server.close().closeAllConnections();
  });

  /** Answers every request but `/slow`. */
  async function givenServer(mostInProgress: number) {
    server = createServer();
    const listener = withLoadShedding(
      ({ url }, response) => void (url === '/slow' ? unanswered.push(response) : response.end()),
      {
        server,
        mostInProgress,
        isExempt: ({ url }) => url === '/probe',
        refuse: (_request, response) => response.writeHead(503).end(),
      },
    );
    server.on('request', listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const status = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get({ port, path, agent: false }, (response) => resolve(response.resume().statusCode)).once('error', reject);
      });
    const sendSlow = async (requests: number) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(requests));
      await eventually(() => expect(unanswered).toHaveLength(requests));
      return socket;
    };
    return { status, sendSlow };
  }

  it('refuses a request above the limit, and answers probes', async () => {
    const { status, sendSlow } = await givenServer(2);
    await sendSlow(2);
    expect(await status('/')).toBe(503);
    expect(await status('/probe')).toBe(200);
  });

  it('accepts requests again once a response has ended', async () => {
    const { status, sendSlow } = await givenServer(1);
    await sendSlow(1);
    expect(await status('/')).toBe(503);
    unanswered[0]?.end();
    await eventually(async () => expect(await status('/')).toBe(200));
  });

  it.each([1, 3])('accepts requests again once a client with %i unanswered requests has left', async (requests) => {
    const { status, sendSlow } = await givenServer(requests);
    const socket = await sendSlow(requests);
    expect(await status('/')).toBe(503);
    socket.destroy();
    await eventually(async () => expect(await status('/')).toBe(200), { within: 1_000 });
    // None of the requests was counted twice.
    unanswered = [];
    await sendSlow(requests);
    expect(await status('/')).toBe(503);
  });
});
