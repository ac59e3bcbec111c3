/**
 * `npm run compare`: runs the same workloads on Nuthatch and on other caching libraries, and writes the figures into
 * docs/comparison.md. It takes minutes, and fails when Nuthatch breaks a promise.
 * `-- --quick` is shorter and writes nothing. `-- --only=races` runs one workload. `-- --seconds=60` sets how long each set-up is
 * under traffic.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const source = (name) => join(import.meta.dirname, `${name}.ts`);
const folder = await bundle({
  entries: { compare: source('compare'), worker: source('process/worker') },
  folder: 'compare',
});
const program = (name) => join(folder, `${name}.mjs`);
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', program('compare'), program('worker'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  },
);
process.exitCode = status ?? 1;
