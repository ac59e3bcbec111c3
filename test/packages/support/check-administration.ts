import { expect } from 'vitest';
import type { FreshApp } from './fresh-app.js';

const secret = 'operator-secret-0123456789';

/** The setting with which an application accepts the requests of {@link checkAdministration}. */
export const ADMIN_TOKENS = `ops:read+invalidate:${secret}`;

/** Checks the admin API, its command and the page of an application with `app/administration.ts`, with Redis or without. */
export async function checkAdministration(app: FreshApp, url: string, redisIsUp: boolean): Promise<void> {
  const stats = (headers: Readonly<Record<string, string>>) => fetch(`${url}/admin/cache/stats`, { headers });
  expect((await stats({})).status).toBe(401);
  const answer = await stats({ authorization: `Bearer ${secret}` });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"users.byId"')]);

  const environment = { NUTHATCH_URL: url, NUTHATCH_TOKEN: secret };
  const nuthatch = (...args: string[]) => app.runInstalled('nuthatch', args, environment);
  expect(await nuthatch('stats')).toContain('users.byId');
  expect(await nuthatch('explain', '/users/7')).toMatch(
    /^users\.byId 7\n {2}state .*\n[^]* {2}last miss .*, [a-z-]+: /,
  );
  const dryRun = ['invalidate', '--cache', 'users.byId', '--key', '7', '--reason', 'a test', '--dry-run'];
  expect(await nuthatch(...dryRun)).toMatch(/^dry run: nothing was invalidated\nusers\.byId 7\n/);
  const doctor = () =>
    nuthatch('doctor').then(
      (text) => ({ fails: false, text }),
      (error: unknown) => ({ fails: true, text: String(error) }),
    );
  const found = expect.stringContaining(redisIsUp ? 'note: Redis: ' : 'problem: Redis: ');
  // On a busy machine, the channel may be verified later.
  await expect.poll(doctor, { timeout: 30_000 }).toEqual({ fails: !redisIsUp, text: found });

  const page = await fetch(`${url}/dashboard`);
  const files = [...(await page.text()).matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? '');
  const loaded = files.map(async (file) => (await fetch(new URL(file, page.url))).headers.get('content-type'));
  expect(await Promise.all(loaded)).toEqual(
    expect.arrayContaining([expect.stringContaining('javascript'), expect.stringContaining('text/css')]),
  );
}
