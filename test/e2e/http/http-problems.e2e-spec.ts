import { Logger } from '@nestjs/common';
import type { Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, newDatabase, type RunningApi, startApi } from '../support/running-api.js';

describe('the API', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await newDatabase());
  });
  afterAll(() => api.stop());

  const post = (body: unknown, contentType = 'application/json') =>
    api.send('POST', '/users', { body, headers: { 'content-type': contentType } });

  it.each<[string, number, string, () => Promise<Answer>]>([
    ['an unknown route', 404, 'route-not-found', () => api.send('GET', '/nope?a=1')],
    [
      'an unknown route with a body of any type',
      404,
      'route-not-found',
      () => api.send('POST', '/nope', { body: 'x', headers: { 'content-type': 'text/x' } }),
    ],
    ['a trailing slash', 404, 'route-not-found', () => api.send('GET', '/users/')],
    ['an empty id', 404, 'route-not-found', () => api.send('GET', '/problems/')],
    ['a wrong method', 405, 'method-not-allowed', () => api.send('DELETE', '/users')],
    [
      'a wrong method with a body that is not JSON',
      405,
      'method-not-allowed',
      () => api.send('PUT', '/users', { body: '{' }),
    ],
    ['an uncommon method', 405, 'method-not-allowed', () => api.send('PURGE', '/users')],
    ['half a JSON document', 400, 'malformed-json', () => post('{"name":')],
    ['bytes that are not UTF-8', 400, 'malformed-json', () => postBytes(Uint8Array.of(0x22, 0xff, 0x22))],
    ['__proto__', 400, 'malformed-json', () => post('{"name":"a","email":"a@example.org","__proto__":{"admin":true}}')],
    ['constructor.prototype', 400, 'malformed-json', () => post('{"constructor":{"prototype":{"admin":true}}}')],
    ['no body', 400, 'validation', () => api.send('POST', '/users')],
    ['an empty body', 400, 'validation', () => post('')],
    ['a list', 400, 'validation', () => post([])],
    ['lists on 33 levels', 413, 'payload-too-large', () => post('['.repeat(33) + ']'.repeat(33))],
    ['a value on 33 levels', 413, 'payload-too-large', () => post(`{"name":${'{"a":'.repeat(32)}1${'}'.repeat(32)}}`)],
    ['1,001 keys', 413, 'payload-too-large', () => post(unknownKeys(1_001))],
    ['a form', 415, 'unsupported-media-type', () => post('name=a', 'application/x-www-form-urlencoded')],
    ['text', 415, 'unsupported-media-type', () => post('{}', 'text/plain')],
    ['UTF-16', 415, 'unsupported-media-type', () => post('{}', 'application/json; charset=utf-16')],
    ['an invalid media type', 415, 'unsupported-media-type', () => post('{}', ';;;')],
    ['a body of 17 kB', 413, 'payload-too-large', () => post({ name: 'a'.repeat(17_000) })],
    ['a body of 1 MiB', 413, 'payload-too-large', () => post(unknownKeys(90_000))],
    ['a URL that cannot be decoded', 400, 'malformed-request', () => api.send('GET', '/users/%ff')],
    ['a path parameter of 2,000 characters', 414, 'uri-too-long', () => api.send('GET', `/users/${'a'.repeat(2_000)}`)],
    ['an unknown problem', 404, 'route-not-found', () => api.send('GET', '/problems/__proto__')],
  ])('answers %s with %i %s', async (_what, status, code, act) => {
    const { headers, body, text: sent } = await act();
    expect(body).toMatchObject({ status, code, type: `/problems/${code}`, requestId: headers.get('x-request-id') });
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(body.instance).toMatch(/^\/[^?]*$/);
    expect(body.title).not.toBe('');
    expect(body.detail).not.toBe('');
    expect(sent).not.toMatch(/node_modules|at .*:\d+|select |FST_|SyntaxError/i);
  });

  it('accepts a body of just under 1,000 keys and lists 100 of its faults', async () => {
    const { status, body } = await post(unknownKeys(990));
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(101);
    expect(body.errors.at(-1)).toEqual({ pointer: '#', detail: '892 more faults are not listed.', code: 'more' });
  });

  it('lists the allowed methods for OPTIONS and for a wrong method', async () => {
    const options = await api.send('OPTIONS', '/users/42');
    expect(options).toMatchObject({ status: 204, text: '' });
    expect(options.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT');
    expect((await api.send('POST', '/users/42')).headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT');
    expect((await api.send('OPTIONS', '/nope')).status).toBe(404);
  });

  it('lists the media types of a patch in a 415 to PATCH', async () => {
    const patch = async (headers: Record<string, string>) =>
      (await api.send('PATCH', '/users/42', { body: '[]', headers })).headers.get('accept-patch');
    for (const type of ['application/json-patch+json', 'text/plain', 'application/json; charset=latin1'])
      expect(await patch({ 'content-type': type })).toBe('application/json, application/merge-patch+json');
    expect((await post('{}', 'text/plain')).headers.get('accept-patch')).toBeNull();
  });

  it('repeats a safe request id on answers and on errors, and replaces others', async () => {
    const idOf = async (path: string, given: string) =>
      (await api.send('GET', path, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    for (const path of ['/users', '/nope', '/users/%ff']) {
      expect(await idOf(path, 'a-b_c.12')).toBe('a-b_c.12');
      for (const bad of ['short', 'a'.repeat(129), 'has spaces', 'quote"quote']) {
        expect(await idOf(path, bad)).toMatch(/^[0-9a-f-]{36}$/);
      }
    }
  });

  it('explains a problem at the address in its type', async () => {
    const { body: problem } = await api.send('GET', '/nope');
    const { status, body } = await api.send('GET', problem.type);
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: problem.type, title: problem.title, status: 404, meaning: expect.any(String) });
  });

  it.each<readonly [string, string, number, string]>([
    ['not HTTP at all', 'hello\r\n\r\n', 400, 'malformed-request'],
    [
      'headers of 20 kB',
      `GET /users HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['no Host', 'GET /users HTTP/1.1\r\n\r\n', 400, 'malformed-request'],
    ['HTTP/2.0', 'GET /users HTTP/2.0\r\nHost: a\r\n\r\n', 505, 'http-version-not-supported'],
    ['HTTP/0.9', 'GET /users\r\n\r\n', 505, 'http-version-not-supported'],
    ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 501, 'not-implemented'],
    ['an unknown method', 'BREW /users HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'not-implemented'],
    [
      'an unknown transfer coding',
      'POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      501,
      'not-implemented',
    ],
    ['two Host headers', 'GET /users HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', 400, 'malformed-request'],
    ...['a b', 'a@b', 'a:b', '[::1', 'a/b', 'a#b', 'a, b'].map(
      (host) =>
        [`the host "${host}"`, `GET /users HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400, 'malformed-request'] as const,
    ),
    ...['q=%', 'q=%zz', 'q=%ff', 'q=a&q=%C3%28', '%ff=a', 'email=%ED%A0%80@example.org'].map(
      (query) =>
        [`the query "${query}"`, `GET /users?${query} HTTP/1.1\r\nHost: a\r\n\r\n`, 400, 'malformed-request'] as const,
    ),
  ])('answers %s with a problem', async (_what, bytes, status, code) => {
    const [head = '', body = ''] = (await raw(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(JSON.parse(body)).toMatchObject({ status, code, type: `/problems/${code}` });
  });

  it('uses only the path of a request target with a server name', async () => {
    const ask = (path: string) =>
      raw(`GET http://bob:hunter2@a${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await ask('/health/live?added=by-a-balancer')).toMatch(/^HTTP\/1.1 200 /);
    const refused = await ask('/users/abc?limit=1');
    expect(refused).toContain('"instance":"/users/abc"');
    expect(refused).not.toContain('hunter2');
  });

  it.each(['a', 'a:80', 'a:', '', '127.0.0.1:3000', '[::1]:3000', 'xn--bcher-kva.example', 'a_b.example.'])(
    'accepts the host %j',
    async (host) => {
      expect(await raw(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 200 /,
      );
    },
  );

  it('never names another host as the instance of a problem', async () => {
    expect(await raw('GET //example.org/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain(
      '"instance":"/.//example.org/x"',
    );
  });

  it('answers complete requests before unreadable bytes after them', async () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const answers = await untilClosed(`${get('/users')}${get('/nope')}hello\r\n\r\n`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 400']);
    const last = await untilClosed('GET /users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nhello\r\n\r\n');
    expect(last.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('answers CONNECT after complete requests, and with the id of the client', async () => {
    const connectTo = 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nX-Request-Id: connect-1\r\n\r\n';
    const answers = await untilClosed(`GET /users HTTP/1.1\r\nHost: a\r\n\r\n${connectTo}`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 501']);
    expect(answers).toContain('"requestId":"connect-1"');
  });

  it('survives a client that resets its connection while CONNECT waits for an earlier request', async () => {
    const server: Server = api.app.getHttpServer();
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    const accepted = new Promise<Socket>((resolve) =>
      server.once('connect', (_request, each: Socket) => resolve(each)),
    );
    socket.write('GET /users?limit=9 HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n');
    const closed = new Promise((resolve) => void accepted.then((each) => each.once('close', resolve)));
    await accepted;
    socket.resetAndDestroy();
    await closed;
    expect((await api.send('GET', '/users')).status).toBe(200);
  });

  it('answers OPTIONS for the server as a whole', async () => {
    const answer = await raw('OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer).toMatch(/^allow: .*GET.*POST/im);
  });

  it.each([
    ['no bytes', '0\r\n\r\n', 404, 'user-not-found'],
    ['a byte', '1\r\nx\r\n0\r\n\r\n', 415, 'unsupported-media-type'],
  ])('answers a DELETE with %s in chunks and without a media type', async (_what, chunks, status, code) => {
    const head = 'Host: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    const answer = await untilClosed(`DELETE /users/01890a5d-ac96-774b-bcce-b302099a8057 HTTP/1.1\r\n${head}${chunks}`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"code":"${code}"`));
  });

  it('answers a body with a broken chunk', async () => {
    const head = 'POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked';
    expect(await raw(`${head}\r\n\r\nzz\r\n`)).toMatch(/^HTTP\/1.1 400 [^]*malformed-request/);
  });

  it('logs a request that is refused before routing', async () => {
    const log = vi.spyOn(Logger.prototype, 'log');
    await api.send('GET', '/users/zz%zz', { headers: { 'x-request-id': 'refused-at-once' } });
    await raw('GET /users HTTP/1.1\r\n\r\n');
    await raw('hello\r\n\r\n');
    expect(log.mock.calls).toMatchObject([
      [{ requestId: 'refused-at-once', method: 'GET', path: '/users/zz%zz', status: 400 }],
      [{ requestId: expect.any(String), path: '/users', status: 400 }],
      [{ requestId: expect.any(String), status: 400 }],
    ]);
    log.mockRestore();
  });

  it.each([
    ['hangs up', '2\r\n{"\r\n'],
    ['sends a broken chunk', 'zz\r\n'],
  ])('logs no fault when a client %s within a body', async (_what, sent) => {
    const [faults, warnings] = [vi.spyOn(Logger.prototype, 'error'), vi.spyOn(Logger.prototype, 'warn')];
    const head =
      'POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { promise, resolve } = Promise.withResolvers<void>();
    api.app
      .getHttpServer()
      .once('request', (_request: unknown, response: ServerResponse) => response.once('close', resolve));
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(`${head}${sent}`, () => setImmediate(() => socket.destroy()));
    await promise;
    expect(faults).not.toHaveBeenCalled();
    expect(warnings).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('accepts an unknown expectation', async () => {
    expect(await rawAnswer('GET /users HTTP/1.1\r\nHost: a\r\nExpect: the-best\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });

  const unknownKeys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

  async function postBytes(bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
    const response = await fetch(`${api.url}/users`, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json' },
    });
    const sent = await response.text();
    return { status: response.status, headers: response.headers, text: sent, body: JSON.parse(sent) };
  }

  /** Unlike `raw`, keeps its half of the connection open, whose end Node takes for a disconnect. */
  async function untilClosed(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  }

  /** For requests that end their connection. Node does not answer a client that ended its side first. */
  async function rawAnswer(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  }

  async function raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.end(bytes);
    return text(socket);
  }
});
