/**
 * `npm run bench:http`: serves users as JSON with Nuthatch and with other caches, and writes the figures into docs/performance.md.
 * It takes minutes, and fails when a bar does not hold.
 * `-- --quick` writes nothing and has looser bars. `-- --only=misses` measures one table, `-- --only=nuthatch-miss` one contender:
 * they judge the bars between the measured contenders, and write nothing. `-- --seconds=10` sets the length of each measurement.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const source = (name) => join(import.meta.dirname, 'http', `${name}.ts`);
const folder = await bundle({
  entries: { bench: source('bench'), worker: source('server/worker') },
  folder: 'bench-http',
});
const program = (name) => join(folder, `${name}.mjs`);
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', program('bench'), program('worker'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, NODE_ENV: 'production', NODE_COMPILE_CACHE: join(folder, 'compiled') },
  },
);
process.exitCode = status ?? 1;
