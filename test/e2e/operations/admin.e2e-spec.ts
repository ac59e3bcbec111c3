import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';

const secret = 'operator-secret-0123456789';
const ADMIN_TOKENS = `ops:read+values+invalidate:${secret}`;

describe('the admin API of the app', () => {
  const apps: AppProcess[] = [];

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.kill()));
  });

  async function given(environment: Readonly<Record<string, string>>): Promise<AppProcess> {
    const app = await startApp(environment);
    apps.push(app);
    return app;
  }

  const admin = (app: AppProcess, path: string, body?: object): Promise<Response> =>
    fetch(`${app.url}/admin/cache/${path}`, {
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });

  it('explains a URL and invalidates its entry in every instance', async () => {
    const DATABASE_URL = await createDatabase(inject('postgresUrl'));
    const shared = {
      DATABASE_URL,
      REDIS_URL: inject('redisUrl'),
      CACHE_NAMESPACE: `admin-${Date.now()}`,
      ADMIN_TOKENS,
    };
    const [first, second] = [await given(shared), await given(shared)];
    const created = await fetch(`${first.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada King', email: 'ada@example.org' }),
    });
    const path = created.headers.get('location') ?? '';
    const cacheStatus = async () => (await fetch(`${second.url}${path}`)).headers.get('cache-status');
    const explained = async () => {
      expect(await cacheStatus()).toContain('detail=l1');
      const explanation = await admin(second, `explain?url=${encodeURIComponent(`${second.url}${path}`)}`);
      return explanation.json();
    };
    // The relay of the outbox drops the entry once more, up to 200 ms after the write.
    await eventually(async () =>
      expect(await explained()).toMatchObject({
        cache: 'users.byId',
        state: 'l1',
        route: { handler: 'UsersController.findOne', hasVariants: false },
      }),
    );
    const report = await admin(first, 'clear', { cache: 'users.byId', confirm: 'users.byId', reason: 'a test' });
    expect(await report.json()).toMatchObject({ scope: 'all-instances', applied: 'applied' });
    await eventually(async () => expect(await cacheStatus()).toContain('fwd=uri-miss'));
  });

  it('answers errors as problems, with the faults of the request', async () => {
    const app = await given({ DATABASE_URL: await createDatabase(inject('postgresUrl')), ADMIN_TOKENS });
    const unknown = await admin(app, 'explain?cache=fish&key=a');
    expect(unknown.headers.get('content-type')).toContain('application/problem+json');
    expect(await unknown.json()).toMatchObject({ status: 404, code: 'cache-not-found' });
    const invalid = await admin(app, 'invalidations', { tags: [''], reason: 'a test' });
    expect(await invalid.json()).toMatchObject({ status: 400, code: 'validation', errors: [{ pointer: '#/tags/0' }] });
    const refused = await fetch(`${app.url}/admin/cache/stats`);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toMatchObject({ status: 401, code: 'unauthorized' });
  });

  it('does not exist in production without tokens', async () => {
    const DATABASE_URL = await createDatabase(inject('postgresUrl'));
    const app = await given({ DATABASE_URL, NODE_ENV: 'production', SHUTDOWN_DELAY: '0s' });
    const response = await admin(app, 'stats');
    expect(await response.json()).toMatchObject({ status: 404, code: 'route-not-found' });
  });
});
