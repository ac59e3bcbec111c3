import { Logger } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fastify } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ProblemCode } from './problem-types.js';
import { ProblemError } from './problem-error.js';
import { ProblemFilter, sendProblem } from './problem.filter.js';

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

describe(ProblemFilter, () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('logs the cause of a 503 once per second, however many requests get it', () => {
    vi.useFakeTimers();
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const filter = new ProblemFilter();
    const reply = { status: () => {}, header: () => {}, removeHeader: () => {}, send: () => {} };
    for (let number = 0; number < 300; number += 1) {
      const request = { id: `request-${number}`, method: 'GET', originalUrl: `/users/${number}` };
      const error = new ProblemError('origin-unavailable', 'Try again.', { cause: new Error('ECONNREFUSED') });
      filter.catch(error, new ExecutionContextHost([request, reply]));
    }
    vi.advanceTimersByTime(1_000);
    expect(warn.mock.calls).toEqual([
      ['origin-unavailable: ECONNREFUSED'],
      ['origin-unavailable: ECONNREFUSED (299 more in 1 s)'],
    ]);
  });
});
