import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { accessibilityFaults, logIn, openPage, secrets, startBrowser, startFleet } from './given-page.js';

const pictures = join(import.meta.dirname, '../../docs/pictures');
/** The pictures of the README are taken on demand. */
const pictured = process.env['PICTURES'] ? (['light', 'dark'] as const) : [];
const PICTURED_SECONDS = 60;
const views = ['now', 'caches', 'inspector', 'writes', 'topology'] as const;

describe('the live page', () => {
  let browser: Browser;
  let apps: readonly AppProcess[];
  let ids: readonly string[];

  beforeAll(async () => {
    [browser, apps] = await Promise.all([startBrowser(), startFleet(2)]);
    const created = await Promise.all(['Ada King', 'Grace Hopper', 'Mary Jackson'].map((name) => create(name)));
    ids = created.map(({ id }) => id);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all(apps.map((app) => app.kill()));
  });

  const url = (instance = 0): string => apps[instance]?.url ?? '';

  async function create(name: string): Promise<{ readonly id: string }> {
    const response = await fetch(`${url()}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, email: `${name.replace(' ', '.')}@example.org` }),
    });
    return JSON.parse(await response.text());
  }

  async function rename(id = ''): Promise<void> {
    const response = await fetch(`${url()}/users/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Grace ${performance.now().toFixed()}` }),
    });
    await response.text();
    expect(response.status).toBe(200);
  }

  /** Sends reads to both instances until the work is done. */
  async function underLoad<T>(work: () => Promise<T>): Promise<T> {
    const running = { on: true };
    const readers = apps.map(async (app) => {
      for (let count = 0; running.on; count += 1)
        await (await fetch(`${app.url}/users/${ids[count % ids.length]}`)).text();
    });
    try {
      return await work();
    } finally {
      running.on = false;
      await Promise.all(readers);
    }
  }

  const figure = async (page: Page, name: string): Promise<number> => {
    const text = await page.locator('.figures > div').filter({ hasText: name }).locator('dd').textContent();
    return Number(text?.replaceAll(',', '').replace(' %', ''));
  };

  it('refuses a wrong token, and accepts a right one', async () => {
    const { page, faults } = await openPage(browser, url());
    await page.goto(`${url()}/dashboard`);
    await page.getByLabel('Token').fill('a-guess');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('This token is not valid.');
    await logIn(page, url(), secrets.reader);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('removes a token from the address, and logs in with it', async () => {
    const { page } = await openPage(browser, url());
    await page.goto(`${url()}/dashboard#token=${secrets.reader}`);
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    expect(page.url()).not.toContain(secrets.reader);
    await page.context().close();
  });

  it('shows the reads of all instances, and the counters of the traffic', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    await underLoad(async () => {
      await eventually(async () => expect(await figure(page, 'instances')).toBe(2), { within: 15_000 });
      await eventually(async () => expect(await figure(page, 'reads per second')).toBeGreaterThan(20), {
        within: 15_000,
      });
      await eventually(async () => expect(await figure(page, 'hit ratio')).toBeGreaterThan(90), { within: 15_000 });
    });
    await page.getByRole('link', { name: 'Caches' }).click();
    const stats = JSON.parse(
      await (
        await fetch(`${url()}/admin/cache/stats`, { headers: { authorization: `Bearer ${secrets.reader}` } })
      ).text(),
    );
    const row = page.getByRole('row').filter({ hasText: 'users.byId' });
    await expect
      .poll(async () => (await row.getByRole('cell').nth(1).textContent())?.replaceAll(',', ''))
      .toBe(String(stats.caches['users.byId'].gets));
    await page.getByRole('link', { name: 'Instances' }).click();
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'verified' }).count()).toBe(2);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows beside the promise how many answers were older than a write', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: '100 ms', exact: true }) });
    await underLoad(() =>
      eventually(
        async () => {
          await rename(ids[1]);
          const [compared, stale] = await row.getByRole('cell').allTextContents();
          expect(Number(compared)).toBeGreaterThan(1);
          expect(stale).toBe('0');
        },
        { within: 15_000 },
      ),
    );
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('explains a URL and invalidates its entry for all instances', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.operator);
    const path = `/users/${ids[0]}`;
    await (await fetch(`${url()}${path}`)).text();
    await (await fetch(`${url(1)}${path}`)).text();
    await page.getByRole('link', { name: 'Inspector' }).click();
    await page.getByLabel('URL, or cache and key').fill(`${url()}${path}`);
    await page.keyboard.press('Enter');
    await page.getByText('a fresh value in').waitFor();
    await page.getByRole('button', { name: 'Invalidate in Redis, for all 2 instances' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('Invalidated: applied.');
    await eventually(async () => {
      const response = await fetch(`${url(1)}${path}`);
      await response.text();
      expect(response.headers.get('cache-status')).toContain('fwd=uri-miss');
    });
    await page.getByRole('link', { name: 'Writes and misses' }).click();
    await page.getByRole('cell', { name: 'write' }).first().waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows a key with markup as text', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    await page.goto(`${url()}/dashboard#inspector`);
    const markup = '<img>';
    await page.getByLabel('URL, or cache and key').fill(`${markup} a`);
    await page.keyboard.press('Enter');
    await page.getByText(markup).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(faults.filter((fault) => !fault.includes('status of 404'))).toEqual([]);
    await page.context().close();
  });

  it('has no button that invalidates in a session that may not', async () => {
    const { page } = await openPage(browser, url());
    for (const [secret, count] of [
      [secrets.operator, 1],
      [secrets.reader, 0],
    ] as const) {
      await logIn(page, url(), secret);
      await page.goto(`${url()}/dashboard#inspector`);
      await page.getByLabel('URL, or cache and key').fill(`/users/${ids[1]}`);
      await page.keyboard.press('Enter');
      await page.getByText('A read would find').waitFor();
      expect(await page.getByRole('button', { name: /Invalidate/ }).count()).toBe(count);
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByLabel('Token').waitFor();
    }
    await page.context().close();
  });

  it('is used with the keyboard only', async () => {
    const { page } = await openPage(browser, url());
    await page.goto(`${url()}/dashboard`);
    await expect.poll(() => page.evaluate<string>("document.activeElement?.getAttribute('name')")).toBe('token');
    await page.keyboard.type(secrets.reader);
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    for (let count = 0; count < 2; count += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('region', { name: 'Caches' }).isVisible()).toBe(true);
    await page.context().close();
  });

  it('is ready within 150 ms, and has at most 32 kB when a proxy compresses it', async () => {
    const { page } = await openPage(browser, url());
    const bodies: Buffer[] = [];
    page.on('response', (response) => {
      if (response.ok()) void response.body().then((body) => bodies.push(body));
    });
    const times: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await page.goto(`${url()}/dashboard`);
      await page.getByLabel('Token').waitFor();
      times.push(await page.evaluate<number>("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"));
    }
    expect(Math.min(...times)).toBeLessThan(150);
    // The first load: the document, the style, the script.
    const bytes = bodies.slice(0, 3).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(32_000);
    await page.context().close();
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('has no accessibility fault and no policy violation in %s at %i px', async (colorScheme, width) => {
    const viewport = { width, height: 900 };
    const { page, faults } = await openPage(browser, url(), { colorScheme, viewport });
    await logIn(page, url(), secrets.operator);
    await underLoad(async () => {
      await rename(ids[1]);
      await eventually(async () => expect(await figure(page, 'reads per second')).toBeGreaterThan(20), {
        within: 15_000,
      });
      for (const view of views) {
        await page.goto(`${url()}/dashboard#${view}`);
        if (view === 'inspector') {
          await page.getByLabel('URL, or cache and key').fill(`/users/${ids[2]}`);
          await page.keyboard.press('Enter');
          await page.getByText('A read would find').waitFor();
        }
        expect(await accessibilityFaults(page)).toEqual([]);
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
      }
    });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each(pictured)(
    'is pictured in %s, after a minute of reads and writes',
    { timeout: 120_000 },
    async (colorScheme) => {
      const { page, faults } = await openPage(browser, url(), { colorScheme, viewport: { width: 1280, height: 900 } });
      await logIn(page, url(), secrets.reader);
      await underLoad(async () => {
        for (let second = 0; second < PICTURED_SECONDS; second += 1) {
          await rename(ids[1]);
          await (await fetch(`${url(second % 2)}/users?limit=${(second % 5) + 1}`)).text();
          await pause(1_000);
        }
        await page.screenshot({ path: join(pictures, `dashboard-now-${colorScheme}.png`) });
      });
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
});
