import { Logger } from '@nestjs/common';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ProblemFilter } from '../../../apps/api/src/http/problem.filter.js';
import { eventually } from '../../support/eventually.js';
import { type RunningApi, servers, startApi } from '../support/running-api.js';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
const json = { 'content-type': 'application/json' };

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** What two servers might read in two ways. */
const requests: readonly [path: string, asked?: Asked][] = [
  ['/users'],
  ['/users?limit=1&limit=2'],
  ['/users?a[b]=1&a[]=2'],
  ['/users?limit=%ff'],
  ['/users?limit=5&'],
  ['/users?&&limit=5'],
  ['/users?limit=+5'],
  ['/users?limit'],
  ['/users?=1'],
  ['/users?limit=5;x=1'],
  ['/users?limit=1?x=2'],
  ['/users?__proto__=1'],
  ['/users?toString=1'],
  [`/users?${Array.from({ length: 1_001 }, (_, at) => `limit=${at}`).join('&')}`],
  [`/users?${Array.from({ length: 1_000 }, (_, at) => `x${at}=1`).join('&')}&limit=x`],
  ['/users?ids=', { headers: { 'if-none-match': '*' } }],
  [`/users?ids=${unknownId}`, { headers: { 'if-none-match': '*' } }],
  ['/users/'],
  ['/Users'],
  ['//users'],
  ['/users//'],
  ['/./users'],
  ['/users/%'],
  ['/users/%zz'],
  ['/users/%ff'],
  ['/nope/%ff'],
  ['/nope/%2'],
  ['/users/a%2Fb'],
  ['/users/%00'],
  [`/users/${'a'.repeat(100)}`],
  [`/users/${'a'.repeat(101)}`],
  [`/users/${'%61'.repeat(100)}`],
  [`/users/${'%61'.repeat(101)}`],
  [`/nope/${'a'.repeat(101)}`],
  [`/users/${'a'.repeat(101)}`, { method: 'PURGE' }],
  [`/users/${unknownId}`],
  [`/users/${unknownId}`, { method: 'HEAD' }],
  [`/users/${unknownId}`, { headers: { 'if-none-match': '*', 'if-match': '"1"' } }],
  ['/users', { method: 'HEAD' }],
  ['/users', { headers: { range: 'bytes=0-3' } }],
  ['/users', { headers: { 'if-modified-since': new Date().toUTCString() } }],
  ['/users', { headers: { expect: '100-continue' } }],
  ['/users', { headers: { accept: 'text/html', 'accept-encoding': 'gzip' } }],
  ['/users', { headers: { 'x-http-method-override': 'DELETE' } }],
  ['/users?_method=DELETE'],
  ['/users/stats', { method: 'DELETE' }],
  ['/users/stats', { method: 'OPTIONS' }],
  ['/users', { method: 'OPTIONS' }],
  ['/users/', { method: 'OPTIONS' }],
  [`/users/${unknownId}/orders`, { method: 'OPTIONS' }],
  ['/users', { method: 'TRACE' }],
  ['/users', { method: 'QUERY', headers: json, body: '{}' }],
  ['/users', { method: 'PROPFIND' }],
  ['/nope', { method: 'PURGE' }],
  ['*', { method: 'OPTIONS' }],
  ['http://example.org/users?limit=2'],
  ['http://example.org'],
  ['http://bob:hunter2@example.org/users/abc'],
  ['/users', { method: 'GET', headers: { ...json, 'content-length': '1' }, body: '{' }],
  ['/users?q=%ff'],
  ['/users?q=%zz'],
  ['//example.org/x'],
  ['/users', { headers: { host: 'a b' } }],
  ['/users', { method: 'POST', headers: { ...json, 'if-match': '"1-1"' }, body: '{}' }],
  ['/users', { method: 'POST' }],
  ['/users', { method: 'POST', headers: { 'content-length': '0' } }],
  ['/users', { method: 'POST', headers: { 'content-type': 'text/plain', 'content-length': '0' } }],
  ['/users', { method: 'POST', headers: { 'content-type': '' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { ...json, 'transfer-encoding': 'chunked' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { ...json, 'transfer-encoding': 'chunked' }, body: 'a'.repeat(1_100_000) }],
  ['/users', { method: 'POST', headers: { 'content-type': 'APPLICATION/JSON ; Charset=latin1' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { 'content-type': 'application/json, text/plain' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { 'content-type': 'application/jsonx' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { 'content-type': 'application/problem+json' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: '{}' }],
  ['/users', { method: 'POST', headers: { ...json, 'content-encoding': 'identity' }, body: '{}' }],
  ['/users', { method: 'POST', headers: json, body: '\ufeff{}' }],
  ['/users', { method: 'POST', headers: json, body: '{}x' }],
  ['/users', { method: 'POST', headers: json, body: 'null' }],
  ['/users', { method: 'POST', headers: json, body: '{"a":1,"a":2}' }],
  [`/users/${unknownId}`, { method: 'PATCH', headers: { 'content-type': 'application/json-patch+json' }, body: '[]' }],
  [`/users/${unknownId}`, { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body: '{}' }],
  [`/users/${unknownId}`, { method: 'PUT', headers: { 'content-type': 'application/merge-patch+json' }, body: '{}' }],
  [`/users/${unknownId}`, { method: 'DELETE', headers: { ...json, 'content-length': '1' }, body: '{' }],
  [
    `/users/${unknownId}`,
    { method: 'DELETE', headers: { 'content-type': 'text/plain', 'content-length': '1' }, body: 'x' },
  ],
  [`/users/${unknownId}`, { method: 'DELETE' }],
  ['/problems/validation'],
  ['/problems/validation', { method: 'HEAD' }],
  ...['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST', 'PURGE'].flatMap((method) =>
    ['/users/', '/problems/', '/orders/', '/users//orders', '/health/'].map((path): [string, Asked] => [
      path,
      { method },
    ]),
  ),
  ['/health/live', { method: 'POST' }],
];

describe('Fastify and Express', () => {
  // Before the servers are there: Nest keeps the filter's method.
  const problems = vi.spyOn(ProblemFilter.prototype, 'catch');
  let apis: RunningApi[];
  beforeAll(async () => {
    apis = await Promise.all(servers.map(({ adapter }) => startApi({ DATA_DIR: 'memory' }, adapter)));
  });
  afterAll(() => Promise.all(apis.map((api) => api.stop())));

  it.each(requests.map(titled))('give the same answer to %s', async (_title, path, asked) => {
    const [fastify, express] = await Promise.all(apis.map((api) => answerOf(api, path, asked)));
    expect(express).toEqual(fastify);
  });

  it.each([
    ['hangs up', '2\r\n{"\r\n'],
    ['sends what is no chunk', 'zz\r\n'],
  ])('do not take it for a fault of their own that a client %s within a body', async (_what, sent) => {
    problems.mockClear();
    const [faults, warnings] = [vi.spyOn(Logger.prototype, 'error'), vi.spyOn(Logger.prototype, 'warn')];
    const head =
      'POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const { url } of apis) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
      socket.write(`${head}${sent}`, () => setImmediate(() => socket.destroy()));
    }
    await eventually(() => expect(problems).toHaveBeenCalledTimes(apis.length));
    expect(faults).not.toHaveBeenCalled();
    expect(warnings).not.toHaveBeenCalled();
  });
});

function titled([path, asked = {}]: (typeof requests)[number]): [title: string, path: string, asked: Asked] {
  const { method = 'GET', headers = {}, body = '' } = asked;
  const title = [method, path, JSON.stringify(headers), body].map((part) => part.slice(0, 60)).join(' ');
  return [title, path, asked];
}

/** Of the connection, or of the moment. */
const passing = new Set(['date', 'connection', 'keep-alive', 'x-request-id']);

async function answerOf({ url }: RunningApi, path: string, { method = 'GET', headers = {}, body }: Asked) {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request({ hostname, port, path, method, headers, agent: false }, resolve).on('error', reject);
  sent.end(body);
  const answer = await promise;
  const lasting = Object.entries(answer.headers)
    .filter(([name]) => !passing.has(name))
    .map(([name, value]) => [name, String(value).replace(/ttl=\d+/, 'ttl')]);
  const id = String(answer.headers['x-request-id']);
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(lasting),
    text: (await text(answer)).replaceAll(id, 'its id'),
  };
}
