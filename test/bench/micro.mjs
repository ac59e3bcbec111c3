/**
 * `npm run bench:micro`: measures the cache and its peers without HTTP, on a core of their own if the system can pin them, with Redis
 * on another. It fails when a bar does not hold. `-- --quick` is shorter and judges no bar. `-- --only=miss` measures one table. All
 * other arguments go to Node: `npm run bench:micro -- --cpu-prof`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.ts';

const folder = await bundle({ entries: { micro: join(import.meta.dirname, 'micro/micro.ts') }, folder: 'bench' });
const own = (argument) => argument === '--quick' || argument.startsWith('--only=');
const [forNode, forUs] = [false, true].map((wanted) => process.argv.slice(2).filter((one) => own(one) === wanted));
const { status } = spawnSync(process.execPath, [...forNode, join(folder, 'micro.mjs'), ...forUs], { stdio: 'inherit' });
process.exitCode = status ?? 1;
