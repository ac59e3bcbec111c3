import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@keyv/redis';
import { Logger } from '@nestjs/common';
import { writePage } from '../../compare/figures/page.js';
import { startRedis } from '../../support/redis-server.js';
import { coresToPin, pin } from '../http/pinning.js';
import { PAGE } from '../page.js';
import { barsTable } from '../verdict.js';
import { connectionTo } from './connection-to.js';
import { figuresOf, type Report, reportOf } from './figures.js';
import { measureHeap } from './heap/measure-heap.js';
import { MANY_IN_MEMORY, MANY_IN_REDIS, MANY_MISSING } from './many-keys.js';
import { measureInTurn } from './measure.js';
import { MISS, WRITE } from './miss-and-write.js';
import { ONE_KEY } from './one-key.js';
import type { Scenario } from './scenario.js';

/** micro.mjs starts this program in the root of the repository. The first argument is the program that fills a memory. */
const [, , heapWorker = '', ...words] = process.argv;
const { values } = parseArgs({
  args: words,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const { quick, only } = values;
const pace = quick ? { rounds: 3, roundMs: 100 } : { rounds: 11, roundMs: 250 };

const MEASUREMENTS = new Map<string, () => Promise<Report>>([
  ...[ONE_KEY, MISS, WRITE, MANY_IN_MEMORY, MANY_IN_REDIS, MANY_MISSING].map(
    (scenario) => [scenario.name, () => measure(scenario)] as const,
  ),
  ['heap', () => measureHeap(heapWorker, redis.url)],
]);
const unknown = only.find((name) => !MEASUREMENTS.has(name));
if (unknown !== undefined)
  throw new Error(`--only: there is no "${unknown}". Use one of ${[...MEASUREMENTS.keys()].join(', ')}.`);

// The library logs that a cache has no Redis.
Logger.overrideLogger(false);
const cores = coresToPin();
if (cores) pin(cores.others);
const redis = await startRedis();
if (cores) pin(cores.server);
const client = createClient({ url: redis.url });
await client.connect();
const commandCount = async (): Promise<number> =>
  Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);

async function measure(scenario: Scenario): Promise<Report> {
  const connection = await connectionTo(redis.url);
  const { rows, close } = await scenario.open({ redisUrl: redis.url, connection });
  const measured = await measureInTurn(scenario, rows, { ...pace, commandCount });
  await close();
  await connection.close();
  return reportOf(scenario, measured);
}

const reports: Report[] = [];
for (const [name, run] of MEASUREMENTS) {
  if (only.length > 0 && !only.includes(name)) continue;
  await client.flushAll();
  const report = await run();
  process.stdout.write(`${report.table}\n\n`);
  reports.push(report);
}
const verdicts = reports.flatMap((report) => report.verdicts);
process.stdout.write(`${barsTable(verdicts)}\n`);

if (!quick && only.length === 0) {
  await writePage(join(process.cwd(), PAGE), figuresOf(reports));
  process.stdout.write(`\n${PAGE} has the figures.\n`);
}
client.destroy();
await redis.stop();
// A quick run is a test: it fails if a row cannot be measured or answers wrongly, and its figures are too noisy to be judged.
process.exitCode = quick || verdicts.every(({ held }) => held) ? 0 : 1;
