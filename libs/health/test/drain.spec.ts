import { Agent, get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type AdapterName, givenHealthApp, givenHealthModule, type HealthApp } from './health-app.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

const before = signals.map((signal) => ({ signal, listeners: process.listeners(signal) }));

afterEach(() => {
  for (const { signal, listeners } of before) {
    process.removeAllListeners(signal);
    for (const listener of listeners) process.on(signal, listener);
  }
});

describe.each<AdapterName>(['fastify', 'express'])('the drain on %s', (adapter) => {
  let agent: Agent;

  beforeEach(() => {
    agent = new Agent({ keepAlive: true });
  });
  afterEach(() => {
    agent.destroy();
  });

  /** Sends a request over kept connections, as a proxy does. */
  function request(
    { url }: HealthApp,
    path: string,
  ): Promise<{ status: number | undefined; connection: string | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const read = async (response: IncomingMessage): Promise<void> => {
        const chunks: Buffer[] = await response.toArray();
        resolve({
          status: response.statusCode,
          connection: response.headers.connection,
          body: Buffer.concat(chunks).toString(),
        });
      };
      get(`${url}${path}`, { agent }, (response) => void read(response).catch(reject)).on('error', reject);
    });
  }

  it('answers ready with 503 shutting_down after SIGTERM, live and started with 200, and serves requests as before', async () => {
    const given = await givenHealthApp(adapter, { drainDelayMs: 1_000 });
    expect(await request(given, '/requests/1')).toMatchObject({ status: 200, connection: 'keep-alive' });

    const closed = given.app.close('SIGTERM');
    await eventually(async () => expect((await request(given, '/health/ready')).status).toBe(503));
    expect(JSON.parse((await request(given, '/health/ready')).body)).toMatchObject({ status: 'shutting_down' });
    expect((await request(given, '/health')).status).toBe(503);
    expect((await request(given, '/health/live')).status).toBe(200);
    expect((await request(given, '/health/started')).status).toBe(200);
    expect(await request(given, '/requests/2')).toEqual({ status: 200, connection: 'close', body: '2' });

    await closed;
    await expect(request(given, '/requests/3')).rejects.toThrow('ECONNREFUSED');
  });

  it.each([
    { signal: undefined, listeners: 0 },
    { signal: 'SIGINT', listeners: 1 },
  ])('skips the drain delay when it is closed by $signal', async ({ signal, listeners }) => {
    const given = await givenHealthApp(adapter, { drainDelayMs: 60_000 });
    const listening = process.listenerCount('SIGTERM');
    await given.app.close(signal);
    expect(process.listenerCount('SIGTERM')).toBe(listening + listeners);
    await expect(request(given, '/requests/1')).rejects.toThrow('ECONNREFUSED');
  });

  it('lets a request in flight finish, and does not wait for the keep-alive timeout of its connection', async () => {
    const given = await givenHealthApp(adapter);
    const inFlight = request(given, '/slow');
    await given.slow.arrived.promise;
    const closed = given.app.close('SIGTERM');
    await eventually(() => expect(request(given, '/requests/1')).rejects.toThrow('ECONNREFUSED'));
    given.slow.answer.resolve('done');
    expect(await inFlight).toMatchObject({ status: 200, body: 'done' });
    const answeredAt = performance.now();
    await closed;
    // The keep-alive timeouts are 5 s on Express and 72 s on Fastify.
    expect(performance.now() - answeredAt).toBeLessThan(2_000);
  });

  it('closes an idle connection whose last response preceded the drain', async () => {
    const given = await givenHealthApp(adapter);
    expect(await request(given, '/requests/1')).toMatchObject({ connection: 'keep-alive' });
    const begun = performance.now();
    await given.app.close('SIGTERM');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('aborts requests that are still in flight after the timeout', async () => {
    const given = await givenHealthApp(adapter, { drainTimeoutMs: 100 });
    const inFlight = request(given, '/slow').catch((error: unknown) => error);
    await given.slow.arrived.promise;
    await given.app.close('SIGTERM');
    expect(await inFlight).toMatchObject({ message: 'socket hang up' });
  });
});

describe('the drain of an application without a server', () => {
  it('ends at once and logs no error', async () => {
    const error = vi.fn();
    const testing = await givenHealthModule({ drainDelayMs: 60_000 });
    testing.useLogger({ log: () => {}, warn: () => {}, error });
    await testing.init();
    await testing.close('SIGTERM');
    expect(error).not.toHaveBeenCalled();
  });
});
