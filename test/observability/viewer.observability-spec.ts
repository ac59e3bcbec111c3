import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, it, onTestFinished } from 'vitest';
import { median } from '../bench/median.js';
import { startApp } from '../support/app-process.js';
import { createDatabase } from '../support/postgres-server.js';

const secret = 'reader-secret-0123456789';
/** The median of several times: the collection of garbage, or another process, makes one of them much longer. */
const TIMES = 5;
const MEASURED_MS = 2_000;
const MOST_SHARE = 0.01;

it('costs less than 1 % of a core to show the live page to one viewer', async () => {
  const app = await startApp({
    DATABASE_URL: await createDatabase(inject('postgresUrl')),
    REDIS_URL: inject('redisUrl'),
    CACHE_NAMESPACE: `viewer-${process.pid}`,
    ADMIN_TOKENS: `reader:read:${secret}`,
    LOG_LEVEL: 'fatal',
  });
  onTestFinished(async () => {
    await app.kill();
  });
  const processorSeconds = async (): Promise<number> => {
    const text = await (await fetch(`${app.url}/metrics`)).text();
    return Number(/^process_cpu_seconds_total (.*)$/m.exec(text)?.[1]);
  };
  const share = async (): Promise<number> => {
    const shares: number[] = [];
    for (let count = 0; count < TIMES; count += 1) {
      const before = await processorSeconds();
      await pause(MEASURED_MS);
      shares.push(((await processorSeconds()) - before) / (MEASURED_MS / 1_000));
    }
    return median(shares);
  };
  // The boot is over, and the code is compiled.
  await share();
  const alone = await share();
  const viewer = new AbortController();
  const headers = { authorization: `Bearer ${secret}` };
  const page = await fetch(`${app.url}/dashboard/live`, { headers, signal: viewer.signal });
  expect(page.headers.get('content-type')).toContain('text/event-stream');
  const watched = await share();
  viewer.abort();
  expect(alone).toBeGreaterThan(0);
  expect(watched - alone).toBeLessThan(MOST_SHARE);
});
