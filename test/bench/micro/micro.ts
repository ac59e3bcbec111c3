import { parseArgs } from 'node:util';
import { createClient } from '@keyv/redis';
import { RedisConnection } from '@nuthatch/redis';
import { startRedis } from '../../support/redis-server.js';
import { coresToPin, pin } from '../http/pinning.js';
import { judge, tableOf, type Verdict } from './figures.js';
import { MANY_IN_MEMORY, MANY_IN_REDIS, MANY_MISSING } from './many-keys.js';
import { measureInTurn } from './measure.js';
import { MISS, WRITE } from './miss-and-write.js';
import { ONE_KEY } from './one-key.js';
import type { Scenario } from './scenario.js';

const SCENARIOS: readonly Scenario[] = [ONE_KEY, MISS, WRITE, MANY_IN_MEMORY, MANY_IN_REDIS, MANY_MISSING];
/** Long enough that no operation times out on a busy machine. The clients of the peers have no timeout either. */
const PATIENT_MS = 2_000;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const { quick, only } = values;
const unknown = only.find((name) => SCENARIOS.every((scenario) => scenario.name !== name));
if (unknown !== undefined)
  throw new Error(`--only: there is no "${unknown}". Use one of ${SCENARIOS.map(({ name }) => name).join(', ')}.`);

const cores = coresToPin();
if (cores) pin(cores.others);
const redis = await startRedis();
if (cores) pin(cores.server);
const client = createClient({ url: redis.url });
await client.connect();
const commandCount = async (): Promise<number> =>
  Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);

async function run(scenario: Scenario): Promise<readonly Verdict[]> {
  await client.flushAll();
  const topology = { mode: 'single', url: redis.url } as const;
  const connection = new RedisConnection({ topology, operationTimeoutMs: PATIENT_MS });
  connection.open();
  await connection.firstAttempt;
  const { rows, close } = await scenario.open({ redisUrl: redis.url, connection });
  const pace = quick ? { rounds: 3, roundMs: 100 } : { rounds: 11, roundMs: 250 };
  const measured = await measureInTurn(scenario, rows, { ...pace, commandCount });
  await close();
  await connection.close();
  process.stdout.write(`${tableOf(scenario, measured)}\n\n`);
  return judge(scenario, measured);
}

const verdicts: Verdict[] = [];
for (const scenario of SCENARIOS) {
  if (only.length === 0 || only.includes(scenario.name)) verdicts.push(...(await run(scenario)));
}
client.destroy();
await redis.stop();
process.stdout.write(`${verdicts.map(({ text }) => text).join('\n')}\n`);
// A quick run is a test: it fails if a row cannot be measured or answers wrongly, and its figures are too noisy to be judged.
process.exitCode = quick || verdicts.every(({ held }) => held) ? 0 : 1;
