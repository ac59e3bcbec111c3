import { beforeAll, describe, expect, it } from 'vitest';
import { checkAdministration } from './support/check-administration.js';
import { checkUsers } from './support/check-users.js';
import { FreshApp } from './support/fresh-app.js';
import { nodeProgram } from './support/nodes.js';

describe('an application on Fastify, built by SWC, with health and observability', () => {
  let app: FreshApp;

  beforeAll(async () => {
    app = await FreshApp.create('nest-12', 'fastify');
    await app.add('users.ts', 'src/users.ts');
    await app.add('operations.ts', 'src/operations.ts');
    await app.add('administration.ts', 'src/administration.ts');
    await app.add('create-app.ts', 'src/create-app.ts');
    await app.edit('src/main.ts', (text) =>
      text
        .replace(/import \{ NestFactory \}.*/, "import { createApp } from './create-app.js';")
        .replace('NestFactory.create', 'createApp'),
    );
    await app.edit('src/app.module.ts', (text) =>
      text
        .replace('imports: []', 'imports: [OperationsModule, AdministrationModule, UsersModule]')
        .replace(
          /^/,
          "import { UsersModule } from './users.js';\nimport { OperationsModule } from './operations.js';\nimport { AdministrationModule } from './administration.js';\n",
        ),
    );
    await app.npm('build', ['--builder', 'swc']);
  });

  it('compiles with the declarations of the libraries checked', async () => {
    expect(await app.typeErrors()).toBe('');
  });

  it('serves users from the cache, reports its health and logs the result of the cache, on Node 22', async () => {
    await checkUsers(app, 22, async ({ url, logs }, redisIsUp) => {
      await checkAdministration(app, url, redisIsUp);
      expect(await fetch(`${url}/health/live`).then(({ status }) => status)).toBe(200);
      expect(logs.join('\n')).toContain('"cache":{"name":"users.byId","result":"hit","tier":"l1"');
    });
  });

  it('serves users from the cache on Node 24', async () => {
    await checkUsers(app, 24);
  });

  it('ends with 0 after SIGTERM', async () => {
    const instance = await app.start(nodeProgram(24), {});
    expect(await instance.stop()).toEqual({ code: 0, signal: null });
  });
});
