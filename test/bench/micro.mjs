/**
 * `npm run bench:micro`: builds micro.ts, and runs it on one core where the system can pin it, so that rounds compare. Arguments
 * are Node's: `npm run bench:micro -- --cpu-prof`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const folder = await bundle({ entries: { micro: join(import.meta.dirname, 'micro.ts') }, folder: 'bench' });
const node = [...process.argv.slice(2), join(folder, 'micro.mjs'), join(folder, 'micro.json')];
const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
const [command, args] = pinned ? ['taskset', ['-c', '0', process.execPath, ...node]] : [process.execPath, node];
const { status } = spawnSync(command, args, { stdio: 'inherit' });
process.exitCode = status ?? 1;
