/**
 * `npm run bench:overhead`: measures what metrics, and the support of the Consistency-Token, cost a hit in memory. It fails when one
 * costs more than its bar, and writes the figures into docs/performance.md. `-- --quick` takes seconds, has looser bars and writes nothing.
 * `-- --only=metrics` measures one feature. `-- --servers=12` sets the number of pairs of servers.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const source = (name) => join(import.meta.dirname, 'overhead', `${name}.ts`);
const folder = await bundle({
  entries: { bench: source('bench'), server: source('server') },
  folder: 'bench-overhead',
  // The servers get switches, so that the code of the product needs none.
  replaced: [
    { pattern: /headers\/consistency-token\.js$/, by: source('switched-token') },
    { pattern: /metrics\/metrics\.js$/, by: source('switched-metrics') },
  ],
});
const program = (name) => join(folder, `${name}.mjs`);
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', program('bench'), program('server'), ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: join(import.meta.dirname, '../..'), env: { ...process.env, NODE_ENV: 'production' } },
);
process.exitCode = status ?? 1;
