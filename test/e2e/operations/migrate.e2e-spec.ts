import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { ServerProcess } from '../../support/server-process.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { type RunningApi, startApi } from '../support/running-api.js';

const program = join(import.meta.dirname, '../../../dist/apps/api/migrate.js');

describe('npm run migrate', () => {
  let api: RunningApi | undefined;
  let dir: string;

  beforeEach(async () => {
    dir = await temporaryFolder('migrate');
  });
  afterEach(async () => {
    await api?.stop();
    await removeFolder(dir);
    api = undefined;
  });

  async function migrate(environment: Readonly<Record<string, string>>) {
    const { PATH, HOME } = process.env;
    const child = await ServerProcess.start(process.execPath, [program], { dir, env: { PATH, HOME, ...environment } });
    const { code } = await child.exited;
    return { code, text: child.lines.join('\n') };
  }

  it('migrates the database that an instance with DATABASE_MIGRATE=false waits for', async () => {
    const environment = { DATABASE_URL: await createDatabase(inject('postgresUrl')) };
    api = await startApi({ ...environment, DATABASE_MIGRATE: 'false' });
    const running = api;
    for (const path of ['/health/started', '/health/ready', '/users'])
      expect([path, (await running.send('GET', path)).status]).toEqual([path, 503]);
    expect(await migrate(environment)).toEqual({ code: 0, text: expect.stringContaining('0001-users, 0002-orders') });
    expect(await migrate(environment)).toEqual({ code: 0, text: 'The schema of PostgreSQL is current.' });
    await eventually(async () => expect((await running.send('GET', '/users')).status).toBe(200), { within: 15_000 });
    expect(running.app.get(Database).schemaReady).toBe(true);
  });

  it('names the reason when it fails', async () => {
    const gone = Object.assign(new URL(inject('postgresUrl')), { pathname: 'no_such_database' }).href;
    expect(await migrate({ DATABASE_URL: gone })).toEqual({
      code: 1,
      text: 'The schema was not migrated. database "no_such_database" does not exist',
    });
    expect(await migrate({ DATA_DIR: 'memory' })).toMatchObject({
      code: 1,
      text: expect.stringContaining('DATA_DIR is "memory"'),
    });
  });
});
