import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AdminApiError, callAdmin } from './admin-client.js';

async function givenInstance(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/shop`, token: 'a-token' };
}

const send =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(body);

describe(callAdmin, () => {
  it('sends the token and the body to the API below the path of the URL, and returns the answer', async () => {
    const target = await givenInstance(({ method, url, headers }, response) => {
      response.end(JSON.stringify([method, url, headers.authorization]));
    });
    expect(await callAdmin(target, 'stats')).toEqual(['GET', '/shop/admin/cache/stats', 'Bearer a-token']);
    expect(await callAdmin(target, 'invalidations', {})).toEqual(expect.arrayContaining(['POST']));
  });

  it.each([
    ['a problem, with its pointers', 400, '{"detail":"Not valid.","errors":[{"pointer":"#/a","detail":"Write b."}]}'],
    ['an error of Nest', 404, '{"message":"Cannot GET /admin/cache/stats"}'],
    ['a page of a proxy', 502, '<h1>Bad gateway</h1>'],
    ['a page instead of JSON', 200, '<h1>Welcome</h1>'],
  ])('rejects with the words of the server for %s', async (_, status, body) => {
    const target = await givenInstance(send(status, body));
    const message = {
      400: '400 Bad Request: Not valid.\n  #/a: Write b.',
      404: '404 Not Found: Cannot GET /admin/cache/stats',
      502: '502 Bad Gateway: <h1>Bad gateway</h1>',
      200: `${target.url}/admin/cache/stats answers without JSON. Check --url.`,
    }[status];
    await expect(callAdmin(target, 'stats')).rejects.toThrow(message);
    await expect(callAdmin(target, 'stats')).rejects.toBeInstanceOf(AdminApiError);
  });

  it('names the address that does not answer', async () => {
    const target = await givenInstance(({ socket }) => void socket.destroy());
    await expect(callAdmin(target, 'stats')).rejects.toThrow(
      `${new URL(target.url).origin} does not answer. Check --url.`,
    );
  });
});
