import { createServer, get, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { headersSent } from './after-headers.js';

/** Returns a response that is not sent yet, and its client. */
async function givenResponse() {
  const received = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => received.resolve(response)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = get({ host: '127.0.0.1', port }).on('error', () => {});
  return { client, response: await received.promise };
}

describe(headersSent, () => {
  it('headersSent resolves before the end of a body', async () => {
    const { response } = await givenResponse();
    const sent = headersSent(response);
    response.write('a part');
    await expect(sent).resolves.toBeUndefined();
  });

  it('headersSent waits for a response that is sent later', async () => {
    const { response } = await givenResponse();
    let late = false;
    const sent = headersSent(response).then(() => late);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    late = true;
    response.end();
    expect(await sent).toBe(true);
  });

  it('headersSent resolves for a response whose client has disconnected', async () => {
    const { client, response } = await givenResponse();
    const sent = headersSent(response);
    client.destroy();
    await expect(sent).resolves.toBeUndefined();
    await expect(headersSent(response)).resolves.toBeUndefined();
  });
});
