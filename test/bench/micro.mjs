/**
 * `npm run bench:micro`: bundles micro.ts and runs it on one core, so that rounds are comparable, if the system can pin it. It
 * passes its arguments to Node: `npm run bench:micro -- --cpu-prof`.
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
