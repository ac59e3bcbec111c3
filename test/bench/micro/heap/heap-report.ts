import { count, table } from '../../../compare/figures/table.js';
import type { Report } from '../figures.js';

export interface HeapRow {
  readonly name: string;
  /** Whether it is our library, which has a bar. */
  readonly ours: boolean;
  /** The heap of an entry. */
  readonly bytes: number;
}

/** The most bytes of heap that an entry of ours may need. */
const MOST_BYTES = 800;

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
      .filter(({ ours }) => ours)
      .map(({ name, bytes }) => ({
        what: `${title}: ${name}, beside ${unit.name}`,
        ours: bytesOf(bytes),
        other: bytesOf(unit.bytes),
        wanted: `≤ ${bytesOf(MOST_BYTES)}`,
        measured: bytesOf(bytes),
        held: bytes <= MOST_BYTES,
      })),
  };
}
