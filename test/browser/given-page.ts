import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { type AppProcess, startApp } from '../support/app-process.js';
import { createDatabase } from '../support/postgres-server.js';
import { chromiumProgram } from '../support/programs/chromium-program.js';

export const secrets = { reader: 'reader-secret-0123456789', operator: 'operator-secret-0123456789' };

/** Starts instances that share a Redis and a database. */
export async function startFleet(
  size: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly AppProcess[]> {
  const shared = {
    DATABASE_URL: await createDatabase(inject('postgresUrl')),
    REDIS_URL: inject('redisUrl'),
    CACHE_NAMESPACE: `page-${process.pid}-${performance.now().toFixed()}`,
    CACHE_STALENESS_SAMPLES: '1',
    ADMIN_TOKENS: `reader:read:${secrets.reader},ops:read+values+invalidate:${secrets.operator}`,
    ...environment,
  };
  const apps: AppProcess[] = [];
  for (let count = 0; count < size; count += 1) apps.push(await startApp(shared));
  return apps;
}

/** Returns the id of a new user. */
export async function createUser(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email: `${name.replace(' ', '.')}@example.org` }),
  });
  return JSON.parse(await response.text()).id;
}

export async function renameUser(url: string, id: string): Promise<void> {
  const response = await fetch(`${url}/users/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: `Grace ${performance.now().toFixed()}` }),
  });
  await response.text();
  expect(response.status).toBe(200);
}

/** Invalidates keys or tags through the admin API. Returns the status of the answer. */
export async function invalidate(url: string, names: object, requestId = 'a-request'): Promise<number> {
  const response = await fetch(`${url}/admin/cache/invalidations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secrets.operator}`,
      'content-type': 'application/json',
      'x-request-id': requestId,
    },
    body: JSON.stringify({ ...names, reason: 'a test' }),
  });
  await response.text();
  return response.status;
}

/** Sends reads to all instances until the work is done. */
export async function underLoad<T>(
  apps: readonly AppProcess[],
  ids: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
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

/** Returns a figure of the view of now. */
export async function figure(page: Page, name: string): Promise<number> {
  const text = await page.locator('.figures > div').filter({ hasText: name }).locator('dd').textContent();
  return Number(text?.replaceAll(',', '').replace(' %', ''));
}

/** Shows the entry of a URL, or of a cache and a key, in the inspector. */
export async function inspect(page: Page, url: string, address: string): Promise<void> {
  await askInspector(page, url, address);
  await page.getByText('A read would find').waitFor();
}

export async function askInspector(page: Page, url: string, address: string): Promise<void> {
  await page.goto(`${url}/dashboard#inspector`);
  await page.getByLabel('URL, or cache and key').fill(address);
  await page.keyboard.press('Enter');
}

/** Starts Chromium without a window. */
export function startBrowser(): Promise<Browser> {
  const { command, env } = chromiumProgram();
  // As root, in a container, Chromium has no sandbox.
  const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return chromium.launch({ executablePath: command, args, env: { ...env } });
}

/** A page that records the violations of its policy, its errors and its requests to other hosts. */
export interface Watched {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** Opens a page in a browser profile of its own. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (line) => {
    // A browser reports the 401 of a page without a session as an error too.
    if (line.type() === 'error' && !line.text().includes('status of 401')) faults.push(`console: ${line.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) faults.push(`request: ${request.url()}`);
  });
  return { page, faults };
}

/** Logs in through the form. */
export async function logIn(page: Page, url: string, secret: string): Promise<void> {
  await page.goto(`${url}/dashboard`);
  await page.getByLabel('Token').fill(secret);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
}

/** Returns the accessibility faults that axe finds. Trusted Types forbid a script tag, so its source is evaluated. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
}
