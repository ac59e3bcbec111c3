import { table } from '../compare/figures/table.js';

/** How a bar was judged. */
export interface Verdict {
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  readonly wanted: string;
  readonly measured: string;
  readonly held: boolean;
}

export function barsTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, ours, other, wanted, measured, held }) => [
    what,
    ours,
    other,
    wanted,
    measured,
    held ? 'yes' : '**no**',
  ]);
  return table(['bar', '>ours', '>other', '>wanted', '>measured', 'held'], rows);
}
