import { describe, expect, it } from 'vitest';
import { AppConfig } from '../../app.config.js';
import { isTooComplex, mostBytes, mostLevels, mostValues } from './body-limits.js';
import { createFastifyAdapter } from './fastify-adapter.js';

describe(isTooComplex, () => {
  const judged = (json: string) => isTooComplex(Buffer.from(json));

  it('accepts the most levels, and refuses one more', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
      expect(judged(nested(mostLevels))).toBe(false);
      expect(judged(nested(mostLevels + 1))).toBe(true);
    }
  });

  it('accepts the most values, and refuses one more', () => {
    const list = (items: number) => JSON.stringify(Array.from({ length: items }, () => 1));
    const object = (members: number) => JSON.stringify(Object.fromEntries(list(members).split(',').entries()));
    expect([judged(list(mostValues)), judged(object(mostValues))]).toEqual([false, false]);
    expect([judged(list(mostValues + 1)), judged(object(mostValues + 1))]).toEqual([true, true]);
  });

  it('counts lists beside each other as one level', () => {
    expect(judged(`[${'[[]],'.repeat(200)}[]]`)).toBe(false);
  });

  it('does not count characters in texts', () => {
    expect(judged(JSON.stringify({ [`"${'[,{'.repeat(2_000)}`]: `\\"${'[,{'.repeat(2_000)}\\` }))).toBe(false);
    expect(judged(`["\\\\",${'['.repeat(mostLevels + 1)}`)).toBe(true);
  });
});

describe('the limits of bodies', () => {
  const post = (server: ReturnType<typeof givenServer>, url: string, body: string) =>
    server.inject({ method: 'POST', url, body, headers: { host: 'a', 'content-type': 'application/json' } });

  function givenServer() {
    const server = createFastifyAdapter(new AppConfig({})).getInstance();
    server.setErrorHandler((error: { readonly code?: string; readonly statusCode?: number }, _request, reply) =>
      reply.status(error.statusCode ?? 500).send(error.code),
    );
    server.post('/', () => 'done');
    server.post('/large', { config: { bodyLimit: 2 * mostBytes } }, () => 'done');
    return server;
  }

  const text = (bytes: number) => JSON.stringify('a'.repeat(bytes - 2));

  it('are 16 KiB for a route that sets none', async () => {
    const server = givenServer();
    expect((await post(server, '/', text(mostBytes))).body).toBe('done');
    expect((await post(server, '/', text(mostBytes + 1))).statusCode).toBe(413);
  });

  it('are what the configuration of a route says', async () => {
    const server = givenServer();
    expect((await post(server, '/large', text(2 * mostBytes))).body).toBe('done');
    expect((await post(server, '/large', text(2 * mostBytes + 1))).statusCode).toBe(413);
  });

  it('bound the values of a body before it is parsed', async () => {
    const { body } = await post(givenServer(), '/', `[${'1,'.repeat(mostValues)}not JSON`);
    expect(body).toBe('payload-too-large');
  });
});
