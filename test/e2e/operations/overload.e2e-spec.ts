import { inspect } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { coresToPin, pin } from '../../bench/http/pinning.js';
import type { AppProcess } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { mixedLoad } from '../support/mixed-load.js';
import { probeTimes } from '../support/probe-times.js';
import { cacheEnvironment } from '../support/running-api.js';
import { type MeteredApp, startMeteredApp } from '../support/metered-app.js';

/**
 * `OVERLOAD_SECONDS=30 npm test -- overload` measures for longer, prints its figures, gives the server a core of its own, and judges
 * strictly. All figures are those of the server: the client, PostgreSQL and Redis share a core, and other programs may use both. So
 * refusals are timed in the server, the time without a core does not count, and throughput is per second of processor time.
 */
const measured = process.env['OVERLOAD_SECONDS'];
const seconds = Number(measured ?? 1);
/** The second limits hold on a busy machine as well. */
const limits = measured ? { probeMs: 250, refusalMs: 100, ratio: 0.8 } : { probeMs: 1_000, refusalMs: 500, ratio: 0.4 };
const users = 10_000;

describe('the app under the load of 1,000 connections without pauses', () => {
  let app: MeteredApp;
  let userIds: readonly string[];

  beforeAll(async () => {
    const DATABASE_URL = await createDatabase(inject('postgresUrl'));
    const cache = { ...cacheEnvironment(), CACHE_OPERATION_TIMEOUT: '100ms' };
    app = await startMeteredApp({ NODE_ENV: 'production', LOG_LEVEL: 'warn', DATABASE_URL, ...cache });
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
    'keeps its throughput, answers probes in time, and refuses requests at once, with Retry-After',
    { timeout: 20_000 + 3_000 * seconds },
    async () => {
      const load = { port: app.port, seconds, userIds };
      const answersOf = async (connections: number) => {
        const { processorMs: before } = await app.measure();
        const report = await mixedLoad({ ...load, connections });
        const { processorMs, slowestRefusalMs } = await app.measure();
        const perProcessorSecond = (1_000 * report.answers) / (processorMs - before);
        return { ...report, slowestRefusalMs, perProcessorSecond };
      };
      await mixedLoad({ ...load, connections: 64 });
      const few = await answersOf(64);
      let many = few;
      const probes = await probeTimes(app, '/health/live', async () => {
        many = await answersOf(1_000);
      });
      const slowestProbeMs = Math.max(...probes);
      if (measured) process.stdout.write(`${inspect({ few, many, slowestProbeMs })}\n`);
      expect(many.faults).toEqual([]);
      // A busy event loop is no evidence against Redis.
      expect(app.logs.filter((line) => line.includes('Redis is down'))).toEqual([]);
      expect(probes.length).toBeGreaterThan(2);
      expect(slowestProbeMs).toBeLessThan(limits.probeMs);
      expect(many.slowestRefusalMs).toBeLessThan(limits.refusalMs);
      expect(many.perProcessorSecond).toBeGreaterThan(limits.ratio * few.perProcessorSecond);
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
