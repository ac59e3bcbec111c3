import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import type { AppProcess } from '../support/app-process.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { createUser, logIn, openPage, renameUser, secrets, startBrowser, startFleet, underLoad } from './given-page.js';

const folder = join(import.meta.dirname, '../../docs/pictures');
const SECONDS = 60;
/** Redis is down for the last seconds of a picture of an outage. */
const OUTAGE_SECONDS = 12;

/** Writes the pictures of the README. vitest.config.ts includes this file on demand. */
describe('the pictures of the live page', () => {
  let browser: Browser;
  let redis: RedisServer;
  let apps: readonly AppProcess[];
  let ids: readonly string[];
  const url = (instance = 0): string => apps[instance]?.url ?? '';

  beforeAll(async () => {
    [browser, redis] = await Promise.all([startBrowser(), startRedis()]);
    apps = await startFleet(2, { REDIS_URL: redis.url });
    ids = await Promise.all(['Ada King', 'Grace Hopper', 'Mary Jackson'].map((name) => createUser(url(), name)));
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all(apps.map((app) => app.kill()));
    await redis.stop();
  });

  async function traffic(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await renameUser(url(), ids[1] ?? '');
      await (await fetch(`${url(second % 2)}/users?limit=${(second % 5) + 1}`)).text();
      await pause(1_000);
    }
  }

  it.each(['light', 'dark'] as const)(
    'show a minute of reads and writes, then an outage of Redis, in %s',
    { timeout: 150_000 },
    async (colorScheme) => {
      const { page, faults } = await openPage(browser, url(), { colorScheme, viewport: { width: 1280, height: 900 } });
      await logIn(page, url(), secrets.reader);
      await underLoad(apps, ids, async () => {
        await traffic(SECONDS);
        await page.screenshot({ path: join(folder, `dashboard-now-${colorScheme}.png`), fullPage: true });
        await redis.kill();
        await traffic(OUTAGE_SECONDS);
        await page.getByText('do not receive invalidations').waitFor();
        await page.screenshot({ path: join(folder, `dashboard-outage-${colorScheme}.png`), fullPage: true });
        await redis.start();
        await traffic(OUTAGE_SECONDS);
      });
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
});
