/**
 * `npm run bench:outbox`: measures what the triggers of the outbox cost an update of one row, on a PostgreSQL of its own. It fails when
 * they cost more than the bar. `-- --quick` is shorter and judges no bar.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const entries = { outbox: join(import.meta.dirname, 'outbox/bench.ts') };
const folder = await bundle({ entries, folder: 'bench-outbox' });
const { status } = spawnSync(process.execPath, [join(folder, 'outbox.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: join(import.meta.dirname, '../..'),
});
process.exitCode = status ?? 1;
