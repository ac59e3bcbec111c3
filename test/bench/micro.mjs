/**
 * `npm run bench:micro`: measures the cache and its peers without HTTP, on a core of their own if the system can pin them, with Redis
 * on another. It fails when a bar does not hold. `-- --quick` is shorter and judges no bar. `-- --only=miss` measures one table. All
 * other arguments go to Node: `npm run bench:micro -- --cpu-prof`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const source = (name) => join(import.meta.dirname, 'micro', `${name}.ts`);
const folder = await bundle({
  entries: { micro: source('micro'), 'heap-worker': source('heap/heap-worker') },
  folder: 'bench-micro',
});
const program = (name) => join(folder, `${name}.mjs`);
const own = (argument) => argument === '--quick' || argument.startsWith('--only=');
const [forNode, forUs] = [false, true].map((wanted) => process.argv.slice(2).filter((one) => own(one) === wanted));
const { status } = spawnSync(process.execPath, [...forNode, program('micro'), program('heap-worker'), ...forUs], {
  stdio: 'inherit',
  cwd: join(import.meta.dirname, '../..'),
});
process.exitCode = status ?? 1;
