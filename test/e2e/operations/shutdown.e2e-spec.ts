import { setTimeout as pause } from 'node:timers/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';

/**
 * Sends requests over one kept connection, as a proxy does, until a response has `Connection: close`. It never repeats a
 * request, so that a failed request is a lost request.
 */
class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly statuses: number[] = [];

  async run(url: string): Promise<void> {
    for (let connection: string | undefined; connection !== 'close';) {
      const response = await this.#get(url);
      response.resume();
      await new Promise((resolve) => response.once('end', resolve));
      this.statuses.push(response.statusCode ?? 0);
      connection = response.headers.connection;
    }
    this.#agent.destroy();
  }

  #get(url: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => get(url, { agent: this.#agent }, resolve).on('error', reject));
  }
}

describe('the shutdown of the app', () => {
  let app: AppProcess;

  afterEach(async () => {
    await app.kill();
  });

  const readiness = async (): Promise<object> => {
    const response = await fetch(`${app.url}/health/ready`);
    return { http: response.status, body: await response.json() };
  };
  const isDraining = (): Promise<void> =>
    eventually(async () => expect(await readiness()).toMatchObject({ http: 503, body: { status: 'shutting_down' } }));

  it('loses no request under load, and exits with 0', async () => {
    app = await startApp({
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      LOG_LEVEL: 'silent',
      SHUTDOWN_DELAY: '1s',
    });
    const clients = Array.from({ length: 20 }, () => new Client());
    const done = Promise.all(clients.map((client) => client.run(`${app.url}/users`)));
    await eventually(() => expect(clients.every(({ statuses }) => statuses.length >= 10)).toBe(true));

    app.signal('SIGTERM');
    await isDraining();
    // Rejects if a request was lost.
    await done;
    expect(new Set(clients.flatMap(({ statuses }) => statuses))).toEqual(new Set([200]));
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  it('serves new connections until the load balancer has had time to react', async () => {
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')), SHUTDOWN_DELAY: '1s' });
    app.signal('SIGTERM');
    await isDraining();
    const response = await fetch(`${app.url}/users`);
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  it('does not wait for idle connections', async () => {
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')), SHUTDOWN_DELAY: '0s' });
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) =>
      get(`${app.url}/users`, { agent }, (response) => response.resume().once('end', resolve)),
    );
    const askedAt = performance.now();
    expect(await app.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAt).toBeLessThan(3_000);
    agent.destroy();
  });

  it.each([
    { second: 'SIGTERM', code: 143 },
    { second: 'SIGINT', code: 130 },
  ] as const)('is immediate on a second signal, $second', async ({ second, code }) => {
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')), SHUTDOWN_DELAY: '60s' });
    app.signal('SIGTERM');
    await isDraining();
    // npm repeats the signal of one key press. That is no second signal.
    app.signal(second);
    await pause(150);
    const askedAt = performance.now();
    app.signal(second);
    expect(await app.exited).toEqual({ code, signal: null });
    expect(performance.now() - askedAt).toBeLessThan(2_000);
  });
});
