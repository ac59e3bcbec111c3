import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { ProblemCode } from './problem-types.js';
import { ProblemError } from './problem-error.js';
import { sendProblem } from './problem.filter.js';

describe(sendProblem, () => {
  async function headersOf(code: ProblemCode) {
    const server = fastify();
    server.decorateReply('publicPath', '');
    server.get('/', (request, reply) => {
      reply.headers({
        etag: '"1-1"',
        'cache-control': 'private, no-cache',
        'cache-status': 'nuthatch; hit; ttl=4; detail=negative',
        'x-cache': 'HIT',
      });
      sendProblem(new ProblemError(code, 'It was tried.'), request, reply);
      return reply;
    });
    return (await server.inject('/')).headers;
  }

  it.each(['validation', 'internal', 'origin-unavailable'] as const)(
    'removes the headers of the cache from a %s',
    async (code) => {
      const headers = await headersOf(code);
      for (const name of ['etag', 'cache-status', 'x-cache']) expect(headers).not.toHaveProperty(name);
      expect(headers['cache-control']).toBe('no-store');
    },
  );

  it('keeps the ETag of a 412', async () => {
    const headers = await headersOf('precondition-failed');
    expect(headers).toMatchObject({ etag: '"1-1"', 'cache-control': 'no-store' });
    for (const name of ['cache-status', 'x-cache']) expect(headers).not.toHaveProperty(name);
  });

  it('keeps the headers of the cache of a 404', async () => {
    const headers = await headersOf('user-not-found');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cache-status': 'nuthatch; hit; ttl=4; detail=negative',
      'x-cache': 'HIT',
    });
  });
});
