import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePage } from '../../compare/figures/page.js';
import { table } from '../../compare/figures/table.js';
import { startPostgres } from '../../support/postgres-server.js';
import { startRedis } from '../../support/redis-server.js';
import { coresToPin, pin } from '../http/pinning.js';
import { median } from '../median.js';
import { PAGE } from '../page.js';
import { FEATURES, type Feature } from './feature.js';
import { type Estimate, estimateOf } from './interval.js';
import { BLOCK_MS, BLOCKS, CONNECTIONS, measurePairs } from './measure-pairs.js';

/** overhead.mjs starts this program in the root of the repository. The first argument is the program of the server. */
const [, , program = '', ...words] = process.argv;
const { values } = parseArgs({
  args: words,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    servers: { type: 'string' },
  },
});
const { quick, only } = values;
const servers = Number(values.servers ?? (quick ? 2 : 60));
if (!Number.isSafeInteger(servers) || servers < 2) throw new Error('--servers must be a whole number of at least 2.');
/** A quick run looks for a feature that has become expensive. On a busy machine, its figures are off by several per cent. */
const LOOSE = 0.1;

const unknown = only.find((name) => !FEATURES.some((feature) => feature.name === name));
if (unknown !== undefined)
  throw new Error(`--only: there is no "${unknown}". Use one of ${FEATURES.map(({ name }) => name).join(', ')}.`);

const percent = (part: number): string => `${(part * 100).toFixed(2)} %`;
const cores = coresToPin();
if (cores) pin(cores.others);
const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);

async function measure(feature: Feature): Promise<Estimate> {
  const costs: number[] = [];
  for (let server = 0; server < servers; server += 1) {
    const where = { redisUrl: redis.url, databaseUrl: await postgres.createDatabase(), core: cores?.server };
    const cost = median(await measurePairs(feature, { program, ...where }));
    process.stderr.write(`${feature.name}, servers ${server + 1} of ${servers}: ${percent(cost)}\n`);
    costs.push(cost);
  }
  return estimateOf(costs);
}

/** A quick run leaves out what has no bar. */
function isMeasured({ name, bar }: Feature): boolean {
  return only.length === 0 ? !quick || bar !== undefined : only.includes(name);
}

const rows: string[][] = [];
let held = true;
try {
  for (const feature of FEATURES.filter(isMeasured)) {
    const { mean, margin } = await measure(feature);
    const bar = feature.bar === undefined ? undefined : quick ? LOOSE : feature.bar;
    const isHeld = bar === undefined || mean - (quick ? margin : 0) <= bar;
    held &&= isHeld;
    rows.push([
      feature.title,
      `${percent(mean)} ± ${percent(margin)}`,
      bar === undefined ? '' : `≤ ${percent(bar)}`,
      bar === undefined ? '' : isHeld ? 'yes' : '**no**',
    ]);
    process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`);
  }
} finally {
  await Promise.all([redis.stop(), postgres.stop()]);
}
const figures = [
  table(['a hit in memory over HTTP pays for', '>of its processor time', '>bar', 'held'], rows),
  '',
  `${servers} pairs of servers, ${BLOCKS} blocks of ${BLOCK_MS} ms per server, ${CONNECTIONS} connections.`,
].join('\n');
process.stdout.write(`${figures}\n`);
if (!quick && only.length === 0) {
  await writePage(join(process.cwd(), PAGE), new Map([['overhead', figures]]));
  process.stdout.write(`\n${PAGE} has the figures.\n`);
}
process.exitCode = held ? 0 : 1;
