import { median } from '../median.js';
import type { Measured, Sample } from './measure.js';
import type { Scenario } from './scenario.js';

type Figure = (sample: Sample) => number;
const speed: Figure = ({ operationsPerSecond }) => operationsPerSecond;

export interface Verdict {
  readonly text: string;
  readonly held: boolean;
}

/** Returns the table of a scenario, with speeds relative to its fastest peer. */
export function tableOf({ title }: Scenario, rows: readonly Measured[]): string {
  const peer = fastestPeer(rows);
  const cells = rows.map((row) => [
    row.name,
    `${perSecond(middle(row, speed))}/s`,
    `${ratio(row, peer).toFixed(2)} ×`,
    `${middle(row, ({ cpuMicros }) => cpuMicros).toFixed(2)} µs`,
    middle(row, ({ redisCommands }) => redisCommands).toFixed(2),
  ]);
  return columns([[title, 'operations', 'of peer', 'processor', 'commands of Redis'], ...cells]);
}

/** Judges each row of ours beside the fastest peer. */
export function judge({ title, atLeast }: Scenario, rows: readonly Measured[]): readonly Verdict[] {
  if (atLeast === undefined) return [];
  const peer = fastestPeer(rows);
  return rows
    .filter(({ kind }) => kind === 'ours')
    .map((row) => {
      const measured = ratio(row, peer);
      const held = measured >= atLeast;
      const beside = `${perSecond(middle(row, speed))}/s beside ${perSecond(middle(peer, speed))}/s of ${peer.name}`;
      const text = `${title}: ${row.name}, ${beside}: ${measured.toFixed(2)} ×, wanted ≥ ${atLeast.toFixed(2)} ×: ${held ? 'held' : 'NOT HELD'}`;
      return { text, held };
    });
}

function fastestPeer(rows: readonly Measured[]): Measured {
  const [first, ...more] = rows.filter(({ kind }) => kind === 'peer');
  if (!first) throw new Error('No peer was measured.');
  return more.reduce((best, row) => (middle(row, speed) > middle(best, speed) ? row : best), first);
}

function middle({ samples }: Measured, figure: Figure): number {
  return median(samples.map(figure));
}

/** Compares the two in each round, because a slow moment of the machine affects the measurements of one round alike. */
function ratio(row: Measured, peer: Measured): number {
  const others = peer.samples.map(speed);
  return median(row.samples.map((sample, round) => speed(sample) / (others[round] ?? Number.NaN)));
}

function perSecond(operations: number): string {
  if (operations >= 1e6) return `${(operations / 1e6).toFixed(2)} M`;
  return operations >= 1e4 ? `${(operations / 1e3).toFixed(1)} k` : operations.toFixed(0);
}

/** Aligns the first column to the left, and the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([name = '', ...cells]) =>
      [name.padEnd(widths[0] ?? 0), ...cells.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))].join('  '),
    )
    .join('\n');
}
