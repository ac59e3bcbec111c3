import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { publishInstances } from '../../libs/dashboard/test/given-instances.js';
import type { AppProcess } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import {
  createUser,
  figure,
  inspect,
  invalidate,
  logIn,
  openPage,
  secrets,
  startBrowser,
  startFleet,
} from './given-page.js';

const MARKUP = '<img src=x onerror=alert(1)>';
const READY_MS = 150;
const LOADS = 5;
const MOST_BYTES = 32_000;
/** The part of a file's name that changes with its content. */
const HASH = /\.[0-9a-f]{8}\./;
const namespace = `page-${process.pid}`;

describe('the files, the policy and the text of the live page', () => {
  let browser: Browser;
  let app: AppProcess;
  /** Its caches are in its memory. */
  let alone: AppProcess;

  beforeAll(async () => {
    [browser, [app, alone]] = await Promise.all([
      startBrowser(),
      Promise.all([startInstance({ CACHE_NAMESPACE: namespace }), startInstance({ REDIS_URL: '' })]),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([app.kill(), alone.kill()]);
  });

  async function startInstance(environment: Readonly<Record<string, string>>): Promise<AppProcess> {
    const [instance] = await startFleet(1, environment);
    if (!instance) throw new Error('No instance has started.');
    return instance;
  }

  it('sends a policy that permits no inline script and no script from text', async () => {
    const response = await fetch(`${app.url}/dashboard`);
    await response.text();
    const policy = response.headers.get('content-security-policy')?.split('; ').toSorted();
    expect(policy).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
  });

  it('lets no code write markup into the page', async () => {
    const { page, faults } = await openPage(browser, app.url);
    await logIn(page, app.url, secrets.reader);
    await expect(page.evaluate(`document.body.innerHTML = '<b>'`)).rejects.toThrow('TrustedHTML');
    expect(await page.locator('b').count()).toBe(0);
    expect(faults).toEqual([expect.stringContaining('TrustedHTML')]);
    await page.context().close();
  });

  it('shows keys, tags and hosts with markup as text', async () => {
    const { page, faults } = await openPage(browser, app.url);
    publishInstances(inject('redisUrl'), namespace, 1, () => ({ host: MARKUP, channel: false }));
    const address = `/users?q=${encodeURIComponent(MARKUP)}`;
    await (await fetch(`${app.url}${address}`)).text();
    expect(await invalidate(app.url, { tags: [MARKUP] })).toBe(200);
    await logIn(page, app.url, secrets.reader);
    await expectText(page.getByRole('region', { name: 'Instances' }), '#topology');
    await expectText(page.getByRole('region', { name: 'Writes and invalidations' }), '#writes');
    await expectText(page.getByRole('region', { name: 'Misses' }), '#writes');
    await inspect(page, app.url, address);
    await expectText(page.getByRole('heading', { level: 2 }));
    await expectText(page.locator('.facts'));
    expect(faults).toEqual([]);
    await page.context().close();

    async function expectText(place: ReturnType<Page['locator']>, view?: string): Promise<void> {
      if (view !== undefined) await page.goto(`${app.url}/dashboard${view}`);
      await eventually(async () => expect(await place.textContent()).toContain(MARKUP), { within: 15_000 });
      expect(await page.locator('img').count()).toBe(0);
    }
  });

  it('names the memory of the instance, not Redis, before an invalidation without Redis', async () => {
    const { page, faults } = await openPage(browser, alone.url);
    const id = await createUser(alone.url, 'Ada King');
    await logIn(page, alone.url, secrets.operator);
    expect(await figure(page, 'instances')).toBe(1);
    expect(await page.locator('.figures').textContent()).not.toContain('Redis');
    await inspect(page, alone.url, `/users/${id}`);
    await page.getByRole('button', { name: 'Dry run of an invalidation' }).click();
    await page.getByRole('button', { name: 'Invalidate in the memory of this instance' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('Invalidated: applied.');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('loads a document, a script and a style, at most 32 kB when a proxy compresses them', async () => {
    const { page } = await openPage(browser, app.url);
    const loaded: { readonly path: string; readonly cacheControl: string | undefined; readonly size: number }[] = [];
    page.on('requestfinished', (request) => {
      if (['eventsource', 'fetch'].includes(request.resourceType())) return;
      void request.response().then(async (response) => {
        const body = (await response?.body()) ?? Buffer.alloc(0);
        const cacheControl = response?.headers()['cache-control'];
        loaded.push({ path: new URL(request.url()).pathname, cacheControl, size: gzipSync(body).length });
      });
    });
    await logIn(page, app.url, secrets.reader);
    for (const view of ['Caches', 'Inspector', 'Writes and misses', 'Instances'])
      await page.getByRole('link', { name: view }).click();
    await page.getByRole('region', { name: 'Instances' }).waitFor();
    const files = (): readonly string[] =>
      loaded.map(({ path, cacheControl }) => `${path.replace(HASH, '.<hash>.')}: ${cacheControl}`).toSorted();
    await expect
      .poll(files)
      .toEqual([
        '/dashboard/page.<hash>.css: public, max-age=31536000, immutable',
        '/dashboard/page.<hash>.js: public, max-age=31536000, immutable',
        '/dashboard: no-cache',
      ]);
    const bytes = loaded.reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await page.context().close();
  });

  it('is ready within 150 ms in the median of loads without a browser cache', async () => {
    const times: number[] = [];
    for (let count = 0; count < LOADS; count += 1) {
      const { page } = await openPage(browser, app.url);
      // Starts the process that shows pages of this origin, which is no part of the page.
      await page.goto(`${app.url}/health/live`);
      await page.goto(`${app.url}/dashboard`);
      await page.getByLabel('Token').waitFor();
      times.push(await page.evaluate<number>("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"));
      await page.context().close();
    }
    expect(times.toSorted((one, other) => one - other)[Math.floor(LOADS / 2)]).toBeLessThan(READY_MS);
  });
});
