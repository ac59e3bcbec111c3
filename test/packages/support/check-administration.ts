import { expect } from 'vitest';
import type { FreshApp } from './fresh-app.js';

const secret = 'operator-secret-0123456789';

/** The setting with which an application accepts the requests of {@link checkAdministration}. */
export const ADMIN_TOKENS = `ops:read:${secret}`;

/** Checks the admin API, its command and the page of an application with `app/administration.ts`. */
export async function checkAdministration(app: FreshApp, url: string): Promise<void> {
  const stats = (headers: Readonly<Record<string, string>>) => fetch(`${url}/admin/cache/stats`, { headers });
  expect((await stats({})).status).toBe(401);
  const answer = await stats({ authorization: `Bearer ${secret}` });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"users.byId"')]);

  const environment = { NUTHATCH_URL: url, NUTHATCH_TOKEN: secret };
  expect(await app.runInstalled('nuthatch', ['stats'], environment)).toContain('users.byId');

  const page = await fetch(`${url}/dashboard`);
  const files = [...(await page.text()).matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? '');
  const loaded = files.map(async (file) => (await fetch(new URL(file, page.url))).headers.get('content-type'));
  expect(await Promise.all(loaded)).toEqual(
    expect.arrayContaining([expect.stringContaining('javascript'), expect.stringContaining('text/css')]),
  );
}
