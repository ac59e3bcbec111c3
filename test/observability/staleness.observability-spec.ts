import { setTimeout as pause } from 'node:timers/promises';
import type { Tick } from '@nuthatch/dashboard';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { Traffic } from '../demo/traffic.js';
import { startApp } from '../support/app-process.js';
import { createDatabase } from '../support/postgres-server.js';
import { bundleFaultyApp } from './faulty-app.js';

const secret = 'reader-secret-0123456789';
const TRAFFIC_MS = 5_000;

/** The comparisons of all ages that have passed. */
interface Compared {
  readonly compared: number;
  readonly stale: number;
}

/** Runs the traffic of the demo on two instances. Returns the figures that the live page shows at its end. */
async function stalenessUnderTraffic(program?: string): Promise<Record<'written' | 'derived', Compared>> {
  const environment = {
    DATABASE_URL: await createDatabase(inject('postgresUrl')),
    REDIS_URL: inject('redisUrl'),
    CACHE_NAMESPACE: `staleness-${process.pid}-${performance.now().toFixed()}`,
    ADMIN_TOKENS: `reader:read:${secret}`,
    CACHE_STALENESS_SAMPLES: '1',
    LOG_LEVEL: 'fatal',
  };
  const apps = [await startApp(environment, program), await startApp(environment, program)];
  onTestFinished(async () => {
    await Promise.all(apps.map((app) => app.kill()));
  });
  const traffic = new Traffic(apps.map(({ url }) => url));
  await traffic.createUsers(20);
  // The figures count from the first snapshot of each instance on.
  const ticks = watch(apps[0]?.url ?? '');
  const end = traffic.run();
  await pause(TRAFFIC_MS);
  const last = await ticks();
  await end();
  expect(last.instances).toHaveLength(2);
  const sum = (entry: 'written' | 'derived'): Compared =>
    last.staleness.reduce(
      (all, { [entry]: { compared, stale } }) => ({ compared: all.compared + compared, stale: all.stale + stale }),
      { compared: 0, stale: 0 },
    );
  return { written: sum('written'), derived: sum('derived') };
}

/** Receives the figures of the live page. The returned function ends this, and returns the last ones. */
function watch(url: string): () => Promise<Tick> {
  const viewer = new AbortController();
  let text = '';
  const received = (async () => {
    const headers = { authorization: `Bearer ${secret}` };
    const response = await fetch(`${url}/dashboard/live`, { headers, signal: viewer.signal });
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch((error: unknown) => {
    if (!viewer.signal.aborted) throw error;
  });
  return async () => {
    viewer.abort();
    await received;
    const events = [...text.matchAll(/^data: (.*)$/gm)];
    return JSON.parse(events.at(-1)?.[1] ?? 'null');
  };
}

describe('the staleness of the live page under the traffic of the demo', () => {
  it('is 0 with the product', async () => {
    const { written, derived } = await stalenessUnderTraffic();
    expect(written.compared).toBeGreaterThan(100);
    expect(derived.compared).toBeGreaterThan(20);
    expect([written.stale, derived.stale]).toEqual([0, 0]);
  });

  it('is more than 0 with a policy that lacks a tag, for the entries of that policy only', async () => {
    const { written, derived } = await stalenessUnderTraffic(await bundleFaultyApp());
    expect(written).toEqual({ compared: expect.any(Number), stale: 0 });
    expect(derived.stale).toBeGreaterThan(10);
  });
});
