import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../support/redis-server.js';
import type { Counts } from './app/counts.js';
import { checkUsers } from './support/check-users.js';
import { FreshApp } from './support/fresh-app.js';

describe('an application as the CLI of Nest 12 creates it: Express, tsc, Vitest 4, and keyv 6 beside', () => {
  let app: FreshApp;

  beforeAll(async () => {
    app = await FreshApp.create('nest-12', 'express-12');
    await app.add('users.ts', 'src/users.ts');
    await app.add('users-tests.ts', 'src/users.spec.ts');
    await app.add('fleet-tests.ts', 'src/fleet.spec.ts');
    await app.add('counts.ts', 'src/counts.ts');
    await app.edit('src/app.module.ts', (text) =>
      text
        .replace('imports: []', 'imports: [UsersModule, CountsModule]')
        .replace(/^/, "import { UsersModule } from './users.js';\nimport { CountsModule } from './counts.js';\n"),
    );
  });

  it('has the package.json of the template, with packages added', () => {
    expect(app.manifest).toMatchObject({
      scripts: app.template.scripts,
      dependencies: app.template.dependencies,
      devDependencies: app.template.devDependencies,
    });
  });

  it('compiles with the declarations of the libraries checked', async () => {
    expect(await app.typeErrors()).toBe('');
  });

  it('serves users and CACHE_MANAGER from the cache, without Redis too, on Node 22 and 24', async () => {
    await app.npm('build');
    for (const major of [22, 24] as const) {
      await checkUsers(app, major, async ({ url }, redisIsUp) => {
        expect((await getCounts(url)).storeIsOfTheApplication).toBe(false);
        if (redisIsUp) await expect.poll(() => countTwice(url)).toEqual({ isHit: true, hasExpiry: true });
      });
    }
  });

  it('passes the tests of the template and tests with @nuthatch/cache/testing', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const env = { REDIS_URL: redis.url };
    expect(await app.npm('test', [], env)).toMatch(/3 passed/);
    expect(await app.npm('test:e2e', [], env)).toMatch(/1 passed/);
  });
});

async function countTwice(url: string): Promise<{ isHit: boolean; hasExpiry: boolean }> {
  const before = await getCounts(url);
  const { loads, hasExpiry } = await getCounts(url);
  return { isHit: loads === before.loads, hasExpiry };
}

async function getCounts(url: string): Promise<Counts> {
  const response = await fetch(`${url}/counts`, { signal: AbortSignal.timeout(5_000) });
  return JSON.parse(await response.text());
}
