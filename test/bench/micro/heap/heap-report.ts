import { count, table } from '../../../compare/figures/table.js';
import type { Report } from '../figures.js';

export interface HeapRow {
  readonly name: string;
  /** The most bytes that the entry may need, if it is of our library. */
  readonly atMost?: number;
  /** The heap of an entry. */
  readonly bytes: number;
}

/** The first row is the unit. */
export function heapReport(rows: readonly HeapRow[]): Report {
  const [unit] = rows;
  if (!unit) throw new Error('No heap was measured.');
  const title = 'heap of an entry in memory';
  const bytesOf = (bytes: number): string => `${count(Math.round(bytes))} B`;
  return {
    table: table(
      [title, '>bytes', '>×'],
      rows.map(({ name, bytes }) => [name, bytesOf(bytes), (bytes / unit.bytes).toFixed(2)]),
    ),
    verdicts: rows
      .flatMap(({ atMost, ...row }) => (atMost === undefined ? [] : [{ atMost, ...row }]))
      .map(({ name, bytes, atMost }) => ({
        what: `${title}: ${name}, beside ${unit.name}`,
        ours: bytesOf(bytes),
        other: bytesOf(unit.bytes),
        wanted: `≤ ${bytesOf(atMost)}`,
        measured: bytesOf(bytes),
        held: bytes <= atMost,
      })),
  };
}
