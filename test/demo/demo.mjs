/** `npm run demo`: bundles demo.ts and runs it. See there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const folder = await bundle({ entries: { demo: join(import.meta.dirname, 'demo.ts') }, folder: 'demo' });
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', join(folder, 'demo.mjs'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: join(import.meta.dirname, '../..'),
  },
);
process.exitCode = status ?? 1;
