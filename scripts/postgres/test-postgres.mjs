/**
 * `npm run test:postgres -- 14 17`: runs the tests of the outbox on these major versions of PostgreSQL. Without a version, it takes
 * all. Other words go to Vitest.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MAJORS, postgresFolder } from './postgres-folder.mjs';

/** They migrate databases, change rows by SQL, and follow the changes. */
const TESTS = ['triggers', 'every-change', 'relay'].map((name) => `libs/cache/test/outbox/${name}.spec.ts`);

const words = process.argv.slice(2);
const chosen = words.filter((word) => /^\d+$/.test(word));
const unknown = chosen.find((word) => !MAJORS.includes(Number(word)));
if (unknown !== undefined) {
  console.error(`There is no PostgreSQL ${unknown} here. Use some of ${MAJORS.join(', ')}.`);
  process.exit(1);
}

const failed = [];
for (const major of chosen.length > 0 ? chosen.map(Number) : MAJORS) {
  const folder = await postgresFolder(major);
  console.log(`\nPostgreSQL ${major}`);
  const others = words.filter((word) => !chosen.includes(word));
  // Without the other projects, no application has to be built.
  const args = ['scripts/run/test.mjs', 'behaviour', ...TESTS, ...others];
  const { status } = spawnSync(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'inherit',
    env: { ...process.env, POSTGRES_BIN_DIR: folder },
  });
  if (status !== 0) failed.push(major);
}
if (failed.length > 0) {
  console.error(`\nThe tests failed on PostgreSQL ${failed.join(', ')}.`);
  process.exitCode = 1;
}
