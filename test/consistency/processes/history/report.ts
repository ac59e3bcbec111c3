import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../worker/commands.js';
import type { Phase, PhaseFigures, Stalls, Verdict } from './history.js';
import { stalledMs } from '../worker/loop-stalls.js';
import type { Operation } from './operation.js';

const folder = join(import.meta.dirname, '../../../../node_modules/.cache/nuthatch/consistency');

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** The longest read, without the time in which its process or one that it may have waited for did not run. */
  readonly longestAwakeMs: number;
  /** The same for reads whose load also read the cache, which the other figure excludes. */
  readonly longestNestedMs: number;
}

/** The figures of a run that the history does not contain. */
export interface Figures {
  readonly reads: number;
  readonly writes: number;
  readonly originCalls: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly originFailed: number;
  readonly unsettled: number;
  readonly unhandledRejections: number;
  /** The latency of reads by the phase in which they ended, so that a fault includes the reads that it delays. */
  readonly latency: Readonly<Record<string, Latency>>;
  readonly longestLoadMs: number;
  readonly longestLoopDelayMs: number;
  /** The time from the end of the fault to the first hit in Redis. */
  readonly firstHitAfterMs: number | undefined;
}

interface Run {
  readonly operations: Iterable<Operation>;
  readonly phases: readonly Phase[];
  readonly reports: readonly RunReport[];
  /** For each process, when it or a process that it waits for did not run. */
  readonly stalls: Stalls;
  readonly healedAt: number;
}

export function figuresOf({ operations, phases, reports, stalls, healedAt }: Run): Figures {
  const sum = (of: (report: RunReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const longest = (of: (report: RunReport) => number): number => Math.max(...reports.map(of));
  return {
    reads: sum(({ reads }) => reads),
    writes: sum(({ writes }) => writes),
    originCalls: sum(({ originCalls }) => originCalls),
    failed: reports.map(({ failed }) => failed).reduce(added, {}),
    originFailed: sum(({ originFailed }) => originFailed),
    unsettled: sum(({ unsettled }) => unsettled),
    unhandledRejections: sum(({ unhandledRejections }) => unhandledRejections),
    latency: latencies(operations, phases, stalls),
    longestLoadMs: longest(({ longestLoadMs }) => longestLoadMs),
    longestLoopDelayMs: longest(({ stalls: own }) => Math.max(0, ...own.map(({ from, to }) => to - from))),
    firstHitAfterMs: firstHitAfter(operations, healedAt),
  };
}

/** Prints the report, and writes it as JSON for other programs. */
export async function writeReport(
  name: string,
  { verdict, figures }: { readonly verdict: Verdict; readonly figures: Figures },
): Promise<void> {
  const phases = Object.fromEntries(verdict.phases);
  const json = JSON.stringify({ name, at: new Date().toISOString(), figures, ...verdict, phases }, undefined, 2);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), json);
  process.stdout.write(`\n${[name, ...lines(verdict, figures)].join('\n  ')}\n`);
}

function lines({ phases, violated }: Verdict, figures: Figures): string[] {
  const { reads, writes, originCalls, unsettled, unhandledRejections } = figures;
  const failed = Object.values(figures.failed).reduce((total, count) => total + count, 0);
  return [
    `${reads} reads, ${writes} writes, ${originCalls} origin calls; failed ${failed}, of the origin ${figures.originFailed}, unsettled ${unsettled}, unhandled rejections ${unhandledRejections}; violations ${violated}`,
    `longest load ${round(figures.longestLoadMs)} ms, loop delay ${round(figures.longestLoopDelayMs)} ms, first hit after healing ${round(figures.firstHitAfterMs)} ms`,
    ...[...phases].map(([phase, of]) => line(phase, of, figures.latency[phase])),
  ];
}

function line(
  phase: string,
  { read, strong, ownMissed, writes, pendingWrites }: PhaseFigures,
  spent?: Latency,
): string {
  const stale = ({ over, oldestMs }: PhaseFigures['read']): string =>
    `>0 ${over[0]} >5 ${over[5]} >50 ${over[50]} >200 ${over[200]} >1000 ${over[1000]} oldest ${round(oldestMs)} ms`;
  const times =
    spent &&
    `p50 ${round(spent.p50Ms)} p99 ${round(spent.p99Ms)} longest ${round(spent.longestMs)} ms, awake ${round(spent.longestAwakeMs)} nested ${round(spent.longestNestedMs)} ms`;
  return `${phase}: stale ${stale(read)}; strong ${stale(strong)}; own missed ${ownMissed}; writes ${writes}, pending ${pendingWrites}; ${times}`;
}

const round = (ms = Number.NaN): string => ms.toFixed(ms < 10 ? 2 : 0);

function added(all: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>): Record<string, number> {
  const sums = { ...all };
  for (const [what, count] of Object.entries(more)) sums[what] = (sums[what] ?? 0) + count;
  return sums;
}

/** The durations of the reads of a phase. */
class Durations {
  readonly #ms: number[] = [];
  readonly #longestAwake = { plain: 0, nested: 0 };

  add({ instance, start, end, source }: Operation, stalls: Stalls): void {
    this.#ms.push(end - start);
    const depth = source === 'rows' ? 'nested' : 'plain';
    if (end - start <= this.#longestAwake[depth]) return;
    const awakeMs = end - start - stalledMs(stalls.get(instance) ?? [], start, end);
    this.#longestAwake[depth] = Math.max(this.#longestAwake[depth], awakeMs);
  }

  get latency(): Latency {
    const sorted = Float64Array.from(this.#ms).toSorted();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const { plain: longestAwakeMs, nested: longestNestedMs } = this.#longestAwake;
    return { p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1), longestAwakeMs, longestNestedMs };
  }
}

function latencies(operations: Iterable<Operation>, phases: readonly Phase[], stalls: Stalls): Record<string, Latency> {
  const durations = new Map(phases.map(({ name }) => [name, new Durations()]));
  for (const operation of operations) {
    const phase = phases.findLast(({ from }) => from <= operation.end);
    if (operation.kind !== 'write' && phase) durations.get(phase.name)?.add(operation, stalls);
  }
  return Object.fromEntries([...durations].map(([phase, { latency }]) => [phase, latency]));
}

function firstHitAfter(operations: Iterable<Operation>, healedAt: number): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { source, start, end } of operations)
    if (source === 'l2' && start >= healedAt) first = Math.min(first, end);
  return Number.isFinite(first) ? first - healedAt : undefined;
}
