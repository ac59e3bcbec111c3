import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../support/redis-server.js';
import { checkAdministration } from './support/check-administration.js';
import { checkUsers } from './support/check-users.js';
import { FreshApp } from './support/fresh-app.js';

/** The template resolves relative imports without the ending of the file. */
const withoutEndings = (text: string) => text.replaceAll(/(from '\.\/[^']+)\.js'/g, "$1'");

describe('an application as the CLI of Nest 11 creates it: Express, CommonJS, Jest', () => {
  let app: FreshApp;

  beforeAll(async () => {
    app = await FreshApp.create('nest-11', 'express-11');
    await app.add('users.ts', 'src/users.ts', withoutEndings);
    await app.add('operations.ts', 'src/operations.ts');
    await app.add('administration.ts', 'src/administration.ts');
    await app.add('users-tests.ts', 'src/users.spec.ts', (text) =>
      withoutEndings(text).replace("'vitest'", "'@jest/globals'"),
    );
    await app.edit('src/app.module.ts', (text) =>
      text
        .replace('imports: []', 'imports: [OperationsModule, AdministrationModule, UsersModule]')
        .replace(
          /^/,
          "import { UsersModule } from './users';\nimport { OperationsModule } from './operations';\nimport { AdministrationModule } from './administration';\n",
        ),
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

  it('serves users from the cache and reports its health, without Redis too, built by tsc, on Node 22', async () => {
    await app.npm('build');
    await checkUsers(app, 22, async ({ url, logs }, redisIsUp) => {
      await checkAdministration(app, url, redisIsUp);
      expect(await fetch(`${url}/health/live`).then(({ status }) => status)).toBe(200);
      expect(logs.join('\n')).toContain('"cache":{"name":"users.byId","result":"hit","tier":"l1"');
    });
  });

  it('serves users from the cache, without Redis too, built by webpack, on Node 24', async () => {
    await app.npm('build', ['--builder', 'webpack']);
    await checkUsers(app, 24);
  });

  it('passes the tests of the template and tests with @nuthatch/cache/testing, with VM modules', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const env = { REDIS_URL: redis.url, NODE_OPTIONS: '--experimental-vm-modules' };
    expect(await app.npm('test', [], env)).toMatch(/2 passed/);
    expect(await app.npm('test:e2e', [], env)).toMatch(/1 passed/);
  });
});
