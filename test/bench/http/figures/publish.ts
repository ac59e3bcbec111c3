import { join } from 'node:path';
import { conditions } from '../../../compare/figures/conditions.js';
import { writePage } from '../../../compare/figures/page.js';
import { count } from '../../../compare/figures/table.js';
import { median } from '../../median.js';
import type { Verdict } from './bars.js';
import type { Cores } from '../pinning.js';
import type { Result } from './result.js';
import type { ContenderId } from '../roster.js';
import { barsTable, latencyTable, speedTable } from './tables.js';

export const PAGE = 'docs/performance.md';
/** Whose requests per second are 1.00 ×: what many applications run today. */
export const UNIT: ContenderId = 'stock-express';

/** Whose versions decide how fast a contender is. */
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

/** All that a run found. */
export interface Findings {
  readonly oneUser: readonly Result[];
  readonly manyConnections: readonly Result[];
  readonly verdicts: readonly Verdict[];
}

export interface Method {
  readonly generator: string;
  readonly cores: Cores | undefined;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** What stands in the page between its markers. */
export function figuresOf({ oneUser, manyConnections, verdicts }: Findings): Map<string, string> {
  return new Map([
    ['in short', inShort(oneUser, verdicts)],
    ['one user', speedTable(oneUser, UNIT)],
    ['many connections', latencyTable(manyConnections)],
    ['bars', barsTable(verdicts)],
  ]);
}

/** How it was measured, line by line. */
export function methodLines({ generator, cores, connections, warmUpSeconds, seconds, rounds }: Method): string {
  const where = cores
    ? `Each server is pinned to core ${cores.server}; the load and Redis to core ${cores.everybodyElse}.`
    : 'Nothing is pinned to a core here, so servers, load and Redis take them from each other.';
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} with ${generator}, over ${connections} connections that stay open, without pipelining.`,
    where,
    `${rounds} rounds of ${seconds} s each, by a server that was just started, is alone and had ${warmUpSeconds} s of load to warm up; medians.`,
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

export async function publish(findings: Findings, method: Method, redisUrl: string): Promise<void> {
  const root = process.cwd();
  const machine = await conditions({ root, redisUrl, packages: PACKAGES });
  const figures = figuresOf(findings).set('conditions', [machine, methodLines(method), coreLine(findings)].join('\n'));
  await writePage(join(root, PAGE), figures);
}

/** How far the figures can be believed. */
export function coreLine({ oneUser }: Pick<Findings, 'oneUser'>): string {
  const share = median(oneUser.map(({ coreShare }) => coreShare));
  return `- Servers used ${Math.round(100 * share)} % of their core, in the median.`;
}

/** The rows that are less kind to us stand beside the others. */
function inShort(results: readonly Result[], verdicts: readonly Verdict[]): string {
  const rate = (id: ContenderId): number => results.find((one) => one.id === id)?.requestsPerSecond ?? Number.NaN;
  const times = (id: ContenderId, of: ContenderId): string => `${(rate(id) / rate(of)).toFixed(2)} ×`;
  const missed = verdicts.filter(({ held }) => !held).length;
  return [
    `Nest on Fastify answers ${count(Math.round(rate('nuthatch')))} hits in memory a second on one core:`,
    `${times('nuthatch', 'stock-express')} what Nest's own interceptor answers on Express from Redis,`,
    `${times('nuthatch', 'stock')} what that answers on Fastify, and ${times('nuthatch', 'nest')} a route without any cache that answers a constant.`,
    `Behind a guard, where a hit passes Nest's interceptors, the three are ${times('nuthatch-guarded', 'stock-express')}, ${times('nuthatch-guarded', 'stock')} and ${times('nuthatch-guarded', 'nest')}; an interceptor that only answers a constant is ${times('nest-intercepted', 'nest')} the route without one.`,
    `A hit in Redis is ${times('nuthatch-l2', 'stock')} that of Nest's own interceptor on Fastify, and ${times('nuthatch-l2-in-turn', 'stock-in-turn')} where nearly every request is for another user;`,
    `on Express a hit in memory is ${times('nuthatch-express', 'stock-express')} one of that in Redis.`,
    missed === 0
      ? 'Every bar holds.'
      : `${missed} of ${verdicts.length} bars ${missed === 1 ? 'does' : 'do'} not hold.`,
  ].join(' ');
}
