import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRedis } from '../support/redis-server.js';
import { mapLimited, type Run } from './processes.js';
import { conditions } from './figures/conditions.js';
import { writePage } from './figures/page.js';
import { PACKAGES, setUps } from './figures/set-ups.js';
import { races } from './workloads/races.js';
import { redisAway } from './workloads/redis-away.js';
import { redisFrozen } from './workloads/redis-frozen.js';
import { staleReads } from './workloads/stale-reads.js';
import { stampede } from './workloads/stampede.js';
import type { Workload } from './workloads/workload.js';

/** The workloads of one group mostly wait, so a quick run starts them together. */
const GROUPS: readonly (readonly Workload[])[] = [[staleReads], [races, stampede], [redisAway, redisFrozen]];
const PAGE = 'docs/comparison.md';

/** compare.mjs starts this program in the root of the repository. The first argument is the program for its processes. */
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

function say(what: string): void {
  process.stdout.write(`${what}\n`);
}

async function compareAll(): Promise<readonly string[]> {
  const origin = await startRedis();
  try {
    return await compareOn(origin.url);
  } finally {
    await origin.kill();
  }
}

/** @returns the promises that Nuthatch broke */
async function compareOn(originUrl: string): Promise<readonly string[]> {
  const run: Run = { program, originUrl, quick, seconds: Number(values.seconds ?? (quick ? 1.5 : 30)), say };
  const figures = new Map<string, string>();
  const faults: string[] = [];
  async function compareOne({ name, compare }: Workload): Promise<void> {
    say(`\n── ${name} ──`);
    const outcome = await compare(run);
    figures.set(name, outcome.table).set(`${name} in short`, outcome.inShort);
    faults.push(...outcome.faults);
  }
  for (const group of GROUPS) {
    const wanted = group.filter(({ name }) => only.length === 0 || only.includes(name));
    await mapLimited(wanted, quick ? wanted.length : 1, compareOne);
  }
  // A quick run is a test: its figures are too noisy to be published.
  if (!quick) {
    const surroundings = await conditions({ root: process.cwd(), redisUrl: originUrl, packages: PACKAGES });
    const measured = `- Measured on ${new Date().toISOString().slice(0, 10)}.`;
    figures.set('conditions', `${surroundings}\n${measured}`).set('set-ups', setUps());
    await writePage(join(process.cwd(), PAGE), figures);
    say(`\n${PAGE} has the figures.`);
  }
  return faults;
}

const startedAt = performance.now();
const faults = await compareAll();
say(`\n${faults.length === 0 ? 'Nuthatch kept all promises.' : `Nuthatch broke promises:\n- ${faults.join('\n- ')}`}`);
say(`It took ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
// Setting the exit code is not enough: Node would wait for sockets that the proxies cut while they were closing.
process.exit(faults.length === 0 ? 0 : 1);
