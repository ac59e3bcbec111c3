import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { publishInstances } from '../../libs/dashboard/test/given-instances.js';
import type { AppProcess } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import {
  askInspector,
  accessibilityFaults,
  createUser,
  figure,
  inspect,
  invalidate,
  logIn,
  openPage,
  renameUser,
  secrets,
  startBrowser,
  startFleet,
  underLoad,
} from './given-page.js';

/** A time of day. */
const CLOCK = String.raw`\d\d:\d\d:\d\d`;
/** The instances that a test makes up publish their figures in it too. */
const namespace = `views-${process.pid}`;
const views = ['now', 'caches', 'inspector', 'writes', 'topology'] as const;

describe('the live page', () => {
  let browser: Browser;
  let apps: readonly AppProcess[];
  let ids: readonly string[];

  beforeAll(async () => {
    [browser, apps] = await Promise.all([startBrowser(), startFleet(2, { CACHE_NAMESPACE: namespace })]);
    ids = await Promise.all(['Ada King', 'Grace Hopper', 'Mary Jackson'].map((name) => createUser(url(), name)));
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all(apps.map((app) => app.kill()));
  });

  const url = (instance = 0): string => apps[instance]?.url ?? '';

  const rename = (id = ''): Promise<void> => renameUser(url(), id);
  const loaded = <T>(work: () => Promise<T>): Promise<T> => underLoad(apps, ids, work);

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
    await loaded(async () => {
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
    const row = page.getByRole('region', { name: 'Caches' }).getByRole('row').filter({ hasText: 'users.byId' });
    await expect
      .poll(async () => (await row.getByRole('cell').nth(1).textContent())?.replaceAll(',', ''))
      .toBe(String(stats.caches['users.byId'].gets));
    await page.getByRole('link', { name: 'Instances' }).click();
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'verified' }).count()).toBe(2);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows the records that are read most, and the tags that were invalidated', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    await loaded(() => rename(ids[1]));
    await page.getByRole('link', { name: 'Caches' }).click();
    const row = (region: string, name: string) => page.getByRole('region', { name: region }).getByRole('row', { name });
    const hotKey = row('Hot keys', `${namespace}:c:users.byId:s${ids[0]}`).getByRole('cell').nth(1);
    await expect.poll(async () => Number(await hotKey.textContent())).toBeGreaterThan(0);
    const invalidations = row('Tags', `${namespace}:t:susers.${ids[1]}`).getByRole('cell').nth(2);
    await expect.poll(async () => Number(await invalidations.textContent())).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows beside the promise how many answers were older than a write', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: '100 ms', exact: true }) });
    await loaded(() =>
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
    await inspect(page, url(), `${url()}${path}`);
    await page.getByText('a fresh value in').waitFor();
    const confirm = page.getByRole('button', { name: 'Invalidate in Redis, for both instances' });
    expect(await confirm.count()).toBe(0);
    await page.getByRole('button', { name: 'Dry run of an invalidation' }).click();
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toBe('Dry run, nothing was invalidated. A read would find a fresh value in the memory of this instance.');
    await confirm.click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('Invalidated: applied.');
    await eventually(async () => {
      const response = await fetch(`${url(1)}${path}`);
      await response.text();
      expect(response.headers.get('cache-status')).toContain('fwd=uri-miss');
    });
    await page.getByRole('link', { name: 'Writes and misses' }).click();
    await page.getByRole('cell', { name: 'write' }).first().waitFor();
    await page
      .getByRole('cell', { name: /^this instance at [\d:]+, \S+ [\da-f]{8} at [\d:]+$/ })
      .first()
      .waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('invalidates a tag for all instances, after a dry run', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.operator);
    const tag = 'only-in-this-test';
    const isInvalidated = async (): Promise<boolean> => {
      const headers = { authorization: `Bearer ${secrets.reader}` };
      const journal = await (await fetch(`${url()}/admin/cache/journal`, { headers })).text();
      expect(journal).toContain('appliedAt');
      return journal.includes(tag);
    };
    await rename(ids[1]);
    await page.goto(`${url()}/dashboard#inspector`);
    await page.getByLabel('Tag').fill(tag);
    await page.getByRole('button', { name: 'Dry run' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Dry run, nothing was invalidated.');
    const confirm = page.getByRole('button', { name: 'Invalidate in Redis, for both instances' });
    await confirm.waitFor();
    await page.getByLabel('Tag').fill('another-tag');
    expect(await confirm.count()).toBe(0);
    await page.getByLabel('Tag').fill(tag);
    await page.getByRole('button', { name: 'Dry run' }).click();
    await confirm.waitFor();
    expect(await isInvalidated()).toBe(false);
    await confirm.click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('Invalidated: applied.');
    expect(await isInvalidated()).toBe(true);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('says what the inspector takes', async () => {
    const { page } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    await askInspector(page, url(), 'garbage');
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toBe('The request is not valid. Send "url", or "cache" and "key".');
    await page.context().close();
  });

  it('shows by whom, when and by which name the entry of the last miss was invalidated', async () => {
    const { page, faults } = await openPage(browser, url());
    await logIn(page, url(), secrets.reader);
    const path = `/users/${ids[2]}`;
    const read = async (): Promise<string | null> => {
      const response = await fetch(`${url()}${path}`);
      await response.text();
      return response.headers.get('cache-status');
    };
    await eventually(async () => expect(await read()).toContain('hit'));
    const keys = [{ cache: 'users.byId', key: ids[2] }];
    expect(await invalidate(url(), { keys }, 'request-of-ops')).toBe(200);
    expect(await read()).toContain('fwd=uri-miss');
    await inspect(page, url(), path);
    const fact = page.locator('.facts > div').filter({ hasText: 'Last miss' }).locator('dd');
    const record = `${namespace}:c:users.byId:s${ids[2]}`;
    const text = `${CLOCK}, key-invalidated: ${record} was invalidated at ${CLOCK} by request-of-ops \\(invalidation\\)`;
    await expect.poll(() => fact.textContent()).toMatch(new RegExp(`^${text}$`));
    await page.getByRole('link', { name: 'Writes and misses' }).click();
    const row = page.getByRole('region', { name: 'Misses' }).getByRole('row').filter({ hasText: record });
    await expect
      .poll(() => row.first().getByRole('cell').last().textContent())
      .toMatch(new RegExp(`^${record} at ${CLOCK}$`));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('lists the instances that need attention, counts the others, and lists all on demand', async () => {
    const { page, faults } = await openPage(browser, url());
    publishInstances(inject('redisUrl'), namespace, 20, (place) =>
      place === 17 ? { channel: false, redis: 'breaker open', heartbeatAgeMs: 54_321 } : {},
    );
    await logIn(page, url(), secrets.reader);
    await eventually(async () => expect(await figure(page, 'instances')).toBe(22), { within: 15_000 });
    await page.getByText('Instances that do not receive invalidations: 1 of 22.').waitFor();
    const facts = await page.locator('.figures').textContent();
    expect(facts).toContain('Redisbreaker open in 1');
    expect(facts).toContain('oldest heartbeat54.3 s');
    await page.getByRole('link', { name: 'Instances' }).click();
    await page.getByText('18 of 22 instances are not listed.').waitFor();
    const rows = page.getByRole('region', { name: 'Instances' }).locator('tbody tr');
    expect(await rows.count()).toBe(4);
    expect(await rows.first().textContent()).toContain('instance-017');
    await page.getByRole('button', { name: 'List all' }).click();
    await eventually(async () => expect(await rows.count()).toBe(22), { within: 15_000 });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('has no button that invalidates in a session that may not', async () => {
    const { page } = await openPage(browser, url());
    for (const [secret, count] of [
      [secrets.operator, 1],
      [secrets.reader, 0],
    ] as const) {
      await logIn(page, url(), secret);
      await inspect(page, url(), `/users/${ids[1]}`);
      expect(await page.getByRole('button', { name: /invalidat/i }).count()).toBe(count);
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByLabel('Token').waitFor();
    }
    await page.context().close();
  });

  it('is used with the keyboard only, from the log-in to an invalidation', async () => {
    const { page } = await openPage(browser, url());
    const press = async (key: string, times = 1): Promise<void> => {
      for (let count = 0; count < times; count += 1) await page.keyboard.press(key);
    };
    await page.goto(`${url()}/dashboard`);
    await expect.poll(() => page.evaluate<string>("document.activeElement?.getAttribute('name')")).toBe('token');
    await page.keyboard.type(secrets.operator);
    await press('Enter');
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    await press('Tab', 2);
    await press('Enter');
    await expect.poll(() => page.getByRole('region', { name: 'Caches' }).isVisible()).toBe(true);
    await press('Tab');
    await press('Enter');
    await page.getByLabel('URL, or cache and key').waitFor();
    // Two other views, the button that logs out, the field.
    await press('Tab', 4);
    await page.keyboard.type(`/users/${ids[0]}`);
    await press('Enter');
    await page.getByText('A read would find').waitFor();
    // The button that explains, the dry run.
    await press('Tab', 2);
    await press('Enter');
    await page.getByText('nothing was invalidated').waitFor();
    await press('Tab');
    await press('Enter');
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('Invalidated: applied.');
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
    await loaded(async () => {
      await rename(ids[1]);
      await eventually(async () => expect(await figure(page, 'reads per second')).toBeGreaterThan(20), {
        within: 15_000,
      });
      for (const view of views) {
        await page.goto(`${url()}/dashboard#${view}`);
        if (view === 'inspector') await inspect(page, url(), `/users/${ids[2]}`);
        expect(await accessibilityFaults(page)).toEqual([]);
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
      }
    });
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
