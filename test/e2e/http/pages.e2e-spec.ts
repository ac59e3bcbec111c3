import { Logger } from '@nestjs/common';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { problems } from '../../../apps/api/src/http/problems/problem-types.js';
import { newDatabase, type RunningApi, startApi } from '../support/running-api.js';

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('the pages of the API', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await newDatabase());
  });
  afterAll(() => api.stop());

  it.each(['/docs', '/docs/'])('serves Swagger UI at %s under a policy without inline code', async (path) => {
    const { status, headers, text } = await api.send('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
      ]),
    );
    expect(text).not.toMatch(/<script(?! src=)|<style|\bon\w+=|\bstyle=/);
    expect((await api.send('HEAD', path)).status).toBe(200);
  });

  it('serves each file that the page names, and names no other server', async () => {
    const { text } = await api.send('GET', '/docs');
    const addresses = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      const { status, headers } = await api.send('GET', address);
      expect([address, status]).toEqual([address, 200]);
      expect(address).toMatch(/^\/[^/]/);
      expect(headers.get('content-type')).toMatch(/^(text\/javascript|text\/css|image\/svg\+xml)/);
      expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    }
    expect((await api.send('GET', '/docs/start.js')).text).not.toMatch(/https?:|\/\/\w/);
  });

  it('starts Swagger UI with the document of this server', async () => {
    const { text } = await api.send('GET', '/docs/start.js');
    const start = vi.fn();
    runInNewContext(text, { SwaggerUIBundle: start });
    expect(start).toHaveBeenCalledWith(expect.objectContaining({ url: '/openapi.json', validatorUrl: null }));
    expect((await api.send('GET', '/openapi.json')).body.servers).toEqual([{ url: '/' }]);
  });

  it.each(['/docs/nope.js', '/docs/package.json', '/docs/..%2fpackage.json', '/docs/__proto__'])(
    'answers 404 to %s',
    async (path) => {
      expect(await api.send('GET', path)).toMatchObject({ status: 404, body: { code: 'route-not-found' } });
    },
  );

  it.each(['/', '/docs', '/openapi.json', '/problems', '/problems/validation'])(
    'lets clients store %s only if they ask again before each use',
    async (path) => {
      const { headers } = await api.send('GET', path);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('redirects browsers from / to the documentation', async () => {
    const response = await fetch(`${api.url}/`, { headers: browser, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
    expect(response.headers.get('vary')).toBe('Accept');
  });

  it('gives programs at / links that lead to routes of the document', async () => {
    const { status, headers, body } = await api.send('GET', '/', { headers: { accept: '*/*' } });
    expect([status, headers.get('vary')]).toEqual([200, 'Accept']);
    const { paths } = (await api.send('GET', '/openapi.json')).body;
    const documented = new Set(Object.keys(paths).map(withoutNames));
    const targets = Object.values<string>(body.links).map((link) => link.replace(/\{\?.*\}$/, ''));
    for (const path of targets.filter((each) => !documented.has(withoutNames(each)))) {
      expect((await api.send('GET', path)).status).toBe(200);
    }
    for (const link of Object.values<string>(body.links).filter((each) => each.includes('{?'))) {
      const [, path = '', names = ''] = /^(.*)\{\?(.*)\}$/.exec(link) ?? [];
      const [, { get }] = Object.entries<any>(paths).find(([each]) => withoutNames(each) === withoutNames(path)) ?? []; // oxlint-disable-line typescript/no-explicit-any -- the document is JSON
      const inQuery = get.parameters.filter((each: { in: string }) => each.in === 'query');
      expect(inQuery.map(({ name }: { name: string }) => name).toSorted()).toEqual(names.split(',').toSorted());
    }
  });

  it('answers a request for an icon without a fault in the log', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    const { status, headers, text } = await api.send('GET', '/favicon.ico');
    expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(text.length).toBeLessThan(500);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('lists every type of problem with the address of its explanation', async () => {
    const { data } = (await api.send('GET', '/problems')).body;
    expect(data).toHaveLength(Object.keys(problems).length);
    for (const problem of data) expect((await api.send('GET', problem.type)).body).toEqual(problem);
  });
});

/** `/users/{}` for `/users/{id}`. */
function withoutNames(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '{}');
}
