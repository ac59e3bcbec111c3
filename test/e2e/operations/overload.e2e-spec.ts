import { inspect } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { coresToPin, pin } from '../../bench/http/pinning.js';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { mixedLoad } from '../support/mixed-load.js';
import { probeTimes } from '../support/probe-times.js';
import { cacheEnvironment } from '../support/running-api.js';

/**
 * `OVERLOAD_SECONDS=30 npm test -- overload` measures for longer, prints its figures, gives the server a core of its own, and judges
 * the throughput strictly.
 */
const measured = process.env['OVERLOAD_SECONDS'];
const seconds = Number(measured ?? 1);
const leastRatio = measured ? 0.8 : 0.5;
const users = 10_000;

describe('the app under the load of 1,000 connections without pauses', () => {
  let app: AppProcess;
  let userIds: readonly string[];

  beforeAll(async () => {
    const DATABASE_URL = await createDatabase(inject('postgresUrl'));
    const cache = { ...cacheEnvironment(), CACHE_OPERATION_TIMEOUT: '100ms' };
    app = await startApp({ NODE_ENV: 'production', LOG_LEVEL: 'warn', DATABASE_URL, ...cache });
    await hasStarted(app);
    userIds = await insertUsers(DATABASE_URL);
    const cores = measured ? coresToPin() : undefined;
    if (cores) {
      pin(cores.server, app.pid);
      pin(cores.others);
    }
  });
  afterAll(() => app.kill());

  it(
    'keeps its throughput, answers probes within 250 ms, and refuses requests within 100 ms with Retry-After',
    { timeout: 20_000 + 3_000 * seconds },
    async () => {
      const load = { port: app.port, seconds, userIds };
      await mixedLoad({ ...load, connections: 64 });
      const few = await mixedLoad({ ...load, connections: 64 });
      let many = few;
      const probes = await probeTimes(`${app.url}/health/live`, async () => {
        many = await mixedLoad({ ...load, connections: 1_000 });
      });
      const slowestProbeMs = Math.max(...probes);
      if (measured) process.stdout.write(`${inspect({ few, many, slowestProbeMs })}\n`);
      expect(many.faults).toEqual([]);
      // A busy event loop is no evidence against Redis.
      expect(app.logs.filter((line) => line.includes('Redis is down'))).toEqual([]);
      expect(probes.length).toBeGreaterThan(2);
      expect(slowestProbeMs).toBeLessThan(250);
      expect(many.slowestRefusalMs).toBeLessThan(100);
      expect(many.answersPerSecond).toBeGreaterThan(leastRatio * few.answersPerSecond);
    },
  );
});

async function hasStarted({ url }: AppProcess): Promise<void> {
  await eventually(async () => expect((await fetch(`${url}/health/started`)).status).toBe(200));
}

async function insertUsers(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ id: string }>(
    `insert into users (id, name, email)
     select gen_random_uuid(), 'Ada', 'ada' || number || '@example.org' from generate_series(1, ${users}) number
     returning id`,
  );
  await client.end();
  return rows.map(({ id }) => id);
}
