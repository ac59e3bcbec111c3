import { connect } from 'node:net';
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createFastifyAdapter } from '../../../apps/api/src/http/server/fastify-adapter.js';
import { eventually } from '../../support/eventually.js';
import { send } from '../support/running-api.js';

describe('a server with requests that get no answer', () => {
  let server: FastifyInstance;
  let url: string;

  beforeEach(async () => {
    server = createFastifyAdapter(new AppConfig({})).getInstance();
    server.get('/never', () => new Promise(() => {}));
    server.get('/users', () => 'users');
    server.get('/health/live', () => 'alive');
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => {
    server.server.close().closeAllConnections();
    vi.restoreAllMocks();
  });

  function sendUnanswered(requests: number): void {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    socket.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(requests));
  }

  it('answers other requests while 200 wait and the event loop is idle', async () => {
    sendUnanswered(200);
    expect(await send('GET', `${url}/users`)).toMatchObject({ status: 200, text: 'users' });
  });

  it('refuses more than 2,000 with a problem, answers its probes, and logs one warning per second', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    sendUnanswered(2_000);
    await eventually(async () => expect((await send('GET', `${url}/users`)).status).toBe(503));

    for (const method of ['GET', 'POST', 'HEAD']) {
      const { status, headers, body } = await send(method, `${url}/users?q=a`, {
        headers: { 'x-request-id': 'refused-1' },
        ...(method === 'POST' && { body: { name: 'Ada' } }),
      });
      expect([status, headers.get('retry-after'), headers.get('x-request-id')]).toEqual([503, '1', 'refused-1']);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-store');
      if (method === 'HEAD') continue;
      expect(body).toMatchObject({ status: 503, code: 'overloaded', instance: '/users', requestId: 'refused-1' });
    }
    for (const path of ['/health/live', '/health/live?x=1'])
      expect(await send('GET', url + path)).toMatchObject({ status: 200, text: 'alive' });
    expect(await send('GET', `${url}/healthy`)).toMatchObject({ status: 503 });
    // One at once, and one per second: fewer than the refusals.
    expect(warn.mock.calls.length).toBeLessThanOrEqual(3);
    for (const [line] of warn.mock.calls) expect(line).toMatch(/^Requests are refused with 503 "overloaded"/);
  });
});
