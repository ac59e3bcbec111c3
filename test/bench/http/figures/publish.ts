import { join } from 'node:path';
import { conditions } from '../../../compare/figures/conditions.js';
import { writePage } from '../../../compare/figures/page.js';
import { count } from '../../../compare/figures/table.js';
import { median } from '../../median.js';
import { PAGE } from '../../page.js';
import { barsTable, type Verdict } from '../../verdict.js';
import type { Cores } from '../pinning.js';
import { STEADY, type WarmUp } from '../measure-in-turn.js';
import type { Result } from './result.js';
import { type ContenderId, SCENARIOS } from '../all-contenders.js';
import { latencyTable, speedTable } from './tables.js';

/** The packages whose versions decide how fast a contender is. */
const PACKAGES = [
  '@nestjs/core',
  '@nestjs/platform-fastify',
  '@nestjs/platform-express',
  'fastify',
  'express',
  '@nestjs/cache-manager',
  'cache-manager',
  'keyv',
  '@keyv/redis',
  '@redis/client',
  'bentocache',
];

/** The results of a run. */
export interface Findings {
  /** Of all scenarios. */
  readonly results: readonly Result[];
  readonly manyConnections: readonly Result[];
  readonly verdicts: readonly Verdict[];
}

export interface Method {
  readonly generator: string;
  readonly cores: Cores | undefined;
  readonly connections: number;
  readonly warmUp: WarmUp;
  readonly seconds: number;
  readonly rounds: number;
}

/** Returns the texts between the markers of the page. */
export function figuresOf({ results, manyConnections, verdicts }: Findings): Map<string, string> {
  return new Map([
    ['in short', inShort(results, verdicts)],
    ...speedTables(results),
    ['many connections', latencyTable(manyConnections)],
    ['bars', barsTable(verdicts)],
  ]);
}

/** Returns a table for each scenario that was measured, by its name. */
export function speedTables(results: readonly Result[]): [name: string, table: string][] {
  return SCENARIOS.flatMap(({ name, unit, rows }) => {
    const ids = new Set<string>(rows.map(({ id }) => id));
    const measured = results.filter(({ id }) => ids.has(id));
    return measured.length === 0 ? [] : [[name, speedTable(measured, unit)]];
  });
}

/** Returns how the run measured, as a list. */
export function methodLines({ generator, cores, connections, warmUp, seconds, rounds }: Method): string {
  const where = cores
    ? `Each server is pinned to core ${cores.server}; the load and Redis are pinned to core ${cores.others}.`
    : 'No process is pinned to a core, so servers, load and Redis compete for the cores.';
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} with ${generator}, over ${connections} connections that stay open, without pipelining.`,
    where,
    `${rounds === 1 ? '1 round' : `${rounds} rounds`} of ${seconds} s each. Each round starts a new server, alone on the machine. ${warmUpLine(warmUp)} Figures are medians.`,
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

function warmUpLine({ leastSeconds, mostSeconds }: WarmUp): string {
  const until = `until its processor time per request changes by less than ${100 * STEADY} % within a second`;
  return leastSeconds === mostSeconds
    ? `It is warmed up with ${leastSeconds} s of load.`
    : `It is warmed up with ${leastSeconds} to ${mostSeconds} s of load, ${until}.`;
}

export async function publish(findings: Findings, method: Method, redisUrl: string): Promise<void> {
  const root = process.cwd();
  const machine = await conditions({ root, redisUrl, packages: PACKAGES });
  const figures = figuresOf(findings).set('conditions', [machine, methodLines(method), coreLine(findings)].join('\n'));
  await writePage(join(root, PAGE), figures);
}

/** Returns how busy the servers were, which limits how far the figures can be trusted. */
export function coreLine({ results }: Pick<Findings, 'results'>): string {
  const share = median(results.map(({ coreShare }) => coreShare));
  return `- Servers used ${Math.round(100 * share)} % of their core (median).`;
}

/** Also names the comparisons in which Nuthatch gains less. */
function inShort(results: readonly Result[], verdicts: readonly Verdict[]): string {
  const rate = (id: ContenderId): number => results.find((one) => one.id === id)?.requestsPerSecond ?? Number.NaN;
  const times = (id: ContenderId, of: ContenderId): string => `${(rate(id) / rate(of)).toFixed(2)} ×`;
  const missed = verdicts.filter(({ held }) => !held).length;
  return [
    `With Nuthatch, Nest on Fastify answers ${count(Math.round(rate('nuthatch')))} memory hits per second on one core:`,
    `${times('nuthatch', 'stock-express')} the rate of Nest's own interceptor over Redis on Express,`,
    `${times('nuthatch', 'stock')} the rate of that interceptor on Fastify, and ${times('nuthatch', 'nest')} the rate of a route that returns a constant without a cache.`,
    `Behind a guard, where hits go through Nest's interceptors, the three ratios are ${times('nuthatch-guarded', 'stock-express')}, ${times('nuthatch-guarded', 'stock')} and ${times('nuthatch-guarded', 'nest')}; an interceptor that only returns a constant reaches ${times('nest-intercepted', 'nest')} the rate of the route without it.`,
    `Hits in Redis reach ${times('nuthatch-l2', 'stock')} the rate of Nest's own interceptor on Fastify, and ${times('nuthatch-l2-in-turn', 'stock-in-turn')} with 256 users in turn;`,
    `on Express, memory hits reach ${times('nuthatch-express', 'stock-express')} the rate of that interceptor.`,
    `With users of 20 kB, hits in Redis reach ${times('nuthatch-l2-20k', 'stock-20k')} the rate of Nest's own interceptor on Fastify, and memory hits ${times('nuthatch-20k', 'bentocache-20k')} the rate of bentocache.`,
    `Before an origin that answers at once, misses reach ${times('nuthatch-miss', 'bentocache-miss')} the rate of bentocache, and writes ${times('nuthatch-write', 'bentocache-write')}.`,
    missed === 0
      ? 'Every bar holds.'
      : `${missed} of ${verdicts.length} bars ${missed === 1 ? 'does' : 'do'} not hold.`,
  ].join(' ');
}
