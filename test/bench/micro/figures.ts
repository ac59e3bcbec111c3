import { table } from '../../compare/figures/table.js';
import { median, medianRatio } from '../median.js';
import { barsTable, type Verdict } from '../verdict.js';
import type { Measured, Sample } from './measure.js';
import type { Scenario } from './scenario.js';

/** What a measurement contributes to the page. */
export interface Report {
  readonly table: string;
  readonly verdicts: readonly Verdict[];
}

/** Returns the texts between the markers of the page. */
export function figuresOf(reports: readonly Report[]): Map<string, string> {
  const measured = `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}.`;
  return new Map([
    ['in process', [measured, ...reports.map(({ table: text }) => text)].join('\n\n')],
    ['bars in process', barsTable(reports.flatMap(({ verdicts }) => verdicts))],
  ]);
}

type Figure = (sample: Sample) => number;
const speed: Figure = ({ operationsPerSecond }) => operationsPerSecond;

/** Returns the table of a scenario, with speeds relative to its fastest peer, and judges each row of ours beside that peer. */
export function reportOf({ title, atLeast }: Pick<Scenario, 'title' | 'atLeast'>, rows: readonly Measured[]): Report {
  const peer = fastestPeer(rows);
  const times = (row: Measured): number => medianRatio(row.samples.map(speed), peer.samples.map(speed));
  const judged = atLeast === undefined ? [] : rows.filter(({ kind }) => kind === 'ours');
  return {
    table: table(
      [title, '>operations', '>×', '>processor time', '>commands of Redis'],
      rows.map((row) => [
        row.name,
        perSecond(row),
        times(row).toFixed(2),
        `${middle(row, ({ cpuMicros }) => cpuMicros).toFixed(2)} µs`,
        middle(row, ({ redisCommands }) => redisCommands).toFixed(2),
      ]),
    ),
    verdicts: judged.map((row) => ({
      what: `${title}: ${row.name}, beside ${peer.name}`,
      ours: perSecond(row),
      other: perSecond(peer),
      wanted: `≥ ${atLeast?.toFixed(2)} ×`,
      measured: `${times(row).toFixed(2)} ×`,
      held: times(row) >= (atLeast ?? 0),
    })),
  };
}

function fastestPeer(rows: readonly Measured[]): Measured {
  const [first, ...more] = rows.filter(({ kind }) => kind === 'peer');
  if (!first) throw new Error('No peer was measured.');
  return more.reduce((best, row) => (middle(row, speed) > middle(best, speed) ? row : best), first);
}

function middle({ samples }: Measured, figure: Figure): number {
  return median(samples.map(figure));
}

function perSecond(row: Measured): string {
  const operations = middle(row, speed);
  if (operations >= 1e6) return `${(operations / 1e6).toFixed(2)} M/s`;
  return operations >= 1e4 ? `${(operations / 1e3).toFixed(1)} k/s` : `${operations.toFixed(0)} /s`;
}
