import { parseArgs } from 'node:util';
import { judgeLatency, judgeSpeed, LATENCY_BARS, LOOSE, MANY_CONNECTIONS, SPEED_BARS, STRICT } from './figures/bars.js';
import type { Contender } from './contender.js';
import { type FreshRedis, withFreshRedis } from './fresh-redis.js';
import { loadGenerator } from './load/choose-generator.js';
import { coresToPin, pin } from './pinning.js';
import { type Findings, type Method, methodLines, publish, speedTables } from './figures/publish.js';
import { measureInTurn } from './measure-in-turn.js';
import { type Result, resultOf } from './figures/result.js';
import { ALL_CONTENDERS, contendersNamed } from './all-contenders.js';
import { latencyTable } from './figures/tables.js';
import { PAGE } from '../page.js';
import { barsTable } from '../verdict.js';

/** http.mjs starts this program in the root of the repository. The first argument is the program for servers. */
const [, , program = '', ...words] = process.argv;
const { values } = parseArgs({
  args: words,
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const { quick, only } = values;
const seconds = Number(values.seconds ?? (quick ? 1 : 2));
if (!Number.isSafeInteger(seconds) || seconds < 1) throw new Error('--seconds must be a whole number of at least 1.');

const strictness = quick ? LOOSE : STRICT;

const cores = coresToPin();
if (cores) pin(cores.others);
const generator = loadGenerator();
const method: Method = {
  generator: generator.name,
  cores,
  connections: 64,
  warmUp: quick ? { leastSeconds: 1, mostSeconds: 1 } : { leastSeconds: 3, mostSeconds: 12 },
  seconds,
  rounds: quick ? 1 : 5,
};

function say(what: string): void {
  process.stdout.write(`${what}\n`);
}

async function run(
  redis: FreshRedis,
  connections: number,
  contenders: readonly Contender[],
): Promise<readonly Result[]> {
  const samples = await measureInTurn(contenders, redis, { ...method, generator, connections, say });
  return [...samples].map(([contender, seen]) => resultOf(contender, seen));
}

/** @returns whether every bar holds */
async function measureAll(redis: FreshRedis): Promise<boolean> {
  const results = await measureContenders(redis, ALL_CONTENDERS);
  const judged = new Set<string>(LATENCY_BARS.flatMap(({ id, of }) => [of, id]));
  const manyConnections = await run(
    redis,
    MANY_CONNECTIONS,
    ALL_CONTENDERS.filter(({ id }) => judged.has(id)),
  );
  say(`\n${latencyTable(manyConnections)}\n`);
  const verdicts = [
    ...SPEED_BARS.map((bar) => judgeSpeed(bar, results, strictness)),
    ...LATENCY_BARS.map((bar) => judgeLatency(bar, manyConnections, strictness)),
  ];
  const findings: Findings = { results, manyConnections, verdicts };
  say(`${barsTable(verdicts)}\n`);
  // A quick run is a test: its figures are too noisy to be published.
  if (!quick) {
    await publish(findings, method, redis.url);
    say(`${PAGE} has the figures.`);
  }
  return verdicts.every(({ held }) => held);
}

/** Measures the contenders of `--only`, and judges the bars between them. @returns whether these hold */
async function measureSome(redis: FreshRedis): Promise<boolean> {
  const results = await measureContenders(redis, contendersNamed(only));
  const measured = new Set<string>(results.map(({ id }) => id));
  const verdicts = SPEED_BARS.filter(({ id, of }) => measured.has(id) && measured.has(of)).map((bar) =>
    judgeSpeed(bar, results, strictness),
  );
  if (verdicts.length > 0) say(`${barsTable(verdicts)}\n`);
  return verdicts.every(({ held }) => held);
}

async function measureContenders(redis: FreshRedis, contenders: readonly Contender[]): Promise<readonly Result[]> {
  const results = await run(redis, method.connections, contenders);
  for (const [name, table] of speedTables(results)) say(`\n${name}\n\n${table}\n`);
  return results;
}

const startedAt = performance.now();
say(methodLines(method));
const held = await withFreshRedis({ program, core: cores?.server }, (redis) =>
  only.length === 0 ? measureAll(redis) : measureSome(redis),
);
say(`It took ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
process.exitCode = held ? 0 : 1;
