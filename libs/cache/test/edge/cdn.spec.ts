import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import type { Cdn } from '../../src/edge/cdn/cdn.js';
import { cloudflare } from '../../src/edge/cdn/cloudflare.js';
import { fastly } from '../../src/edge/cdn/fastly.js';
import { souin } from '../../src/edge/cdn/souin.js';
import { varnish } from '../../src/edge/cdn/varnish.js';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Starts a server that has the API of a CDN, as far as purges need it. It answers what the test says. */
async function givenApi() {
  const requests: { readonly line: string; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] =
    [];
  const api = { url: '', requests, answer: { status: 200, body: '{"success":true}' } satisfies Answer as Answer };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      response.writeHead(api.answer.status).end(api.answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  api.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return api;
}

const numbered = (length: number) => Array.from({ length }, (_, n) => `n${n}`);

const cdns: Readonly<Record<string, (api: string) => Cdn>> = {
  Fastly: (api) => fastly({ serviceId: 'service', token: 'hush', api }),
  Cloudflare: (api) => cloudflare({ zoneId: 'zone', token: 'hush', api }),
  Varnish: (api) => varnish({ urls: [api], authorization: 'Basic hush' }),
  Souin: (api) => souin({ urls: [api], authorization: 'Bearer hush' }),
};

describe.each(Object.keys(cdns))('%s', (name) => {
  const given = async () => {
    const api = await givenApi();
    const cdn = cdns[name]?.(api.url);
    if (!cdn) throw new Error(name);
    return { api, cdn };
  };

  it('rejects with a stable code and the answer, and without the token, if the purge is refused', async () => {
    const { api, cdn } = await given();
    api.answer = { status: 403, body: 'no such service' };
    const failure: unknown = await cdn.purge(['a']).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'CACHE_EDGE_PURGE_FAILED',
      message: `${name} did not purge: it answered 403: no such service`,
    });
    expect(JSON.stringify([failure, Object(failure).stack])).not.toContain('hush');
  });

  it('rejects with the cause if nothing listens', async () => {
    const failure: unknown = await cdns[name]?.('http://127.0.0.1:1')
      .purge(['a'])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'CACHE_EDGE_PURGE_FAILED',
      message: `${name} did not purge: it did not answer`,
    });
    expect(Object(failure).cause).toBeInstanceOf(Error);
  });

  it('sends its token with each purge', async () => {
    const { api, cdn } = await given();
    await cdn.purge(['a']);
    expect(JSON.stringify(api.requests[0]?.headers)).toContain('hush');
  });
});

it('Fastly gets 256 keys per request, as its API allows', async () => {
  const api = await givenApi();
  await cdns['Fastly']?.(api.url).purge(numbered(257));
  expect(api.requests.map(({ line, body }) => [line, JSON.parse(body).surrogate_keys.length])).toEqual([
    ['POST /service/service/purge', 256],
    ['POST /service/service/purge', 1],
  ]);
  expect(cdns['Fastly']?.('').headersOf(['a', 'b'], 60)).toEqual({
    'surrogate-control': 'max-age=60',
    'surrogate-key': 'a b',
  });
});

it('Cloudflare gets 100 tags per request, and has purged only if it says so', async () => {
  const api = await givenApi();
  const cdn = cdns['Cloudflare']?.(api.url);
  await cdn?.purge(numbered(101));
  expect(api.requests.map(({ line, body }) => [line, JSON.parse(body).tags.length])).toEqual([
    ['POST /zones/zone/purge_cache', 100],
    ['POST /zones/zone/purge_cache', 1],
  ]);
  expect(cdn?.headersOf(['a', 'b'], 60)).toEqual({ 'cdn-cache-control': 'max-age=60', 'cache-tag': 'a,b' });
  for (const body of ['{"success":false}', '<html>', 'null']) {
    api.answer = { status: 200, body };
    await expect(cdn?.purge(['a'])).rejects.toThrow('answered without success');
  }
});

it('Varnish has purged once each of its servers has', async () => {
  const [one, other] = [await givenApi(), await givenApi()];
  const cdn = varnish({ urls: [one.url, other.url] });
  await cdn.purge(['a', 'b']);
  for (const { requests } of [one, other]) {
    expect(requests).toMatchObject([{ line: 'PURGE /', headers: { 'surrogate-key': 'a b' } }]);
  }
  other.answer = { status: 503, body: '' };
  one.requests.length = 0;
  await expect(cdn.purge(numbered(60))).rejects.toThrow('Varnish did not purge: it answered 503');
  await eventually(() => expect(one.requests).toHaveLength(2));
  expect(cdn.headersOf(['a', 'b'], 60)).toEqual({ 'cdn-cache-control': 'max-age=60', 'surrogate-key': 'a b' });
});

it('Souin gets the names as answers have them, with their quotes', async () => {
  const api = await givenApi();
  const cdn = souin({ urls: [`${api.url}/souin-api/souin`] });
  await cdn.purge(['a', 'b']);
  const { 'cache-groups': groups } = cdn.headersOf(['a', 'b'], 60);
  expect(groups).toBe('"a", "b"');
  expect(api.requests).toMatchObject([{ line: 'PURGE /souin-api/souin', headers: { 'surrogate-key': groups } }]);
});
