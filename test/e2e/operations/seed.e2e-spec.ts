import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../support/postgres-server.js';
import { ServerProcess } from '../../support/server-process.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const program = join(import.meta.dirname, '../../../dist/apps/api/seed.js');

describe('seeding', () => {
  it('adds the same users once only', async () => {
    const dir = await temporaryFolder('seed');
    const env = { DATABASE_URL: await createDatabase(inject('postgresUrl')) };
    const seed = async (...args: string[]) => {
      const run = await ServerProcess.start(process.execPath, [program, ...args], { dir, env });
      return { ...(await run.exited), said: run.lines.join('\n') };
    };
    expect(await seed('--users', '1500')).toMatchObject({
      code: 0,
      said: expect.stringContaining('Added 1500 of 1500 users'),
    });
    expect(await seed('--users', '1600')).toMatchObject({
      code: 0,
      said: expect.stringContaining('Added 100 of 1600 users'),
    });
    expect(await seed('--users', 'many')).toMatchObject({
      code: 1,
      said: expect.stringContaining('Usage: npm run seed'),
    });
    await removeFolder(dir);
  });

  it('reports in its last line why there is no database to fill', async () => {
    const dir = await temporaryFolder('seed');
    const lastLine = async (env: Readonly<Record<string, string>>) => {
      const run = await ServerProcess.start(process.execPath, [program], { dir, env });
      expect((await run.exited).code).toBe(1);
      return run.lines.at(-1);
    };
    expect(await lastLine({ DATA_DIR: 'memory' })).toContain('DATA_DIR is "memory"');
    const missing = new URL('/nowhere', inject('postgresUrl')).href;
    expect(await lastLine({ DATABASE_URL: missing })).toContain('database "nowhere" does not exist');
    await removeFolder(dir);
  });
});
