import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type AppProcess, startApp } from '../support/app-process.js';
import { startPostgres } from '../support/postgres-server.js';
import { startRedis } from '../support/redis-server.js';
import { Traffic } from './traffic.js';

/** Redis is gone for so long, in the middle of the demo. */
const OUTAGE_MS = 10_000;
const REPORT_MS = 5_000;
/** The outage, and a few seconds before and after it. */
const LEAST_SECONDS = 16;

/**
 * Two instances of the example API on one Redis, under reads and writes. Redis is killed in the middle for ten seconds. Fails when a
 * client reads an older value than it wrote, or gets no answer.
 */
async function demo(seconds: number): Promise<void> {
  const interrupted = new AbortController();
  const wait = (ms: number): Promise<void> => pause(ms, undefined, { signal: interrupted.signal });
  const token = randomBytes(24).toString('base64url');
  console.log('Starting PostgreSQL, Redis and two instances …');
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const apps: AppProcess[] = [];
  try {
    for (let count = 0; count < 2; count += 1) {
      apps.push(
        await startApp(
          {
            DATABASE_URL: postgres.url,
            REDIS_URL: redis.url,
            ADMIN_TOKENS: `demo:read+values+invalidate:${token}`,
            DASHBOARD: 'full',
            CACHE_STALENESS_SAMPLES: '0.2',
            LOG_LEVEL: 'fatal',
          },
          // The bundle of this program is in another folder.
          join(process.cwd(), 'dist/apps/api/main.js'),
        ),
      );
    }
    const traffic = new Traffic(apps.map(({ url }) => url));
    await traffic.createUsers(200);
    console.log(
      `\n  Live page   ${apps[0]?.url}/dashboard#token=${token}\n  Ends after ${seconds} s, or with Ctrl-C\n`,
    );
    const half = Math.max(0, seconds * 1_000 - OUTAGE_MS) / 2;
    const end = traffic.run();
    process.once('SIGINT', () => {
      // The terminal interrupts the servers too: what fails from now on does not count.
      console.log(`\n${traffic.summary()}`);
      process.exitCode = traffic.held ? 0 : 1;
      interrupted.abort();
    });
    const reports = setInterval(() => console.log(traffic.report()), REPORT_MS);
    try {
      await wait(half);
      console.log('Redis is killed.');
      await redis.kill();
      await wait(OUTAGE_MS);
      console.log('Redis is back, empty.');
      await redis.start();
      await wait(half);
    } finally {
      clearInterval(reports);
      await end();
    }
    console.log(`\n${traffic.summary()}`);
    process.exitCode = traffic.held ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
    await Promise.all([redis.kill(), postgres.stop()]);
  }
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const seconds = Number(values.seconds);
if (seconds >= LEAST_SECONDS) {
  await demo(seconds);
} else {
  console.error(`--seconds is "${values.seconds}". Write a number of at least ${LEAST_SECONDS}.`);
  process.exitCode = 1;
}
