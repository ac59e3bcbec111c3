import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import type { FaultFigures } from './under-fault.js';

export const PAGE = join(import.meta.dirname, '../../../../docs/operations/failure-modes.md');

/** Prints the figures of a fault as a row of the page, and replaces the row if `WRITE_FAILURE_MODES` is 1. */
export async function writeFailureMode(figures: FaultFigures): Promise<void> {
  const { fault, failed, reported, longestReadMs, staleMs, writesAfterMs, healedAfterMs } = figures;
  await writeRow([
    fault,
    failed === 0 ? 'no error' : `${failed} errors`,
    reported.map((word) => `\`${word}\``).join(', ') || 'none',
    ms(longestReadMs),
    `${staleMs.own}, ${ms(staleMs.strong)}, ${ms(staleMs.other)}`,
    ms(writesAfterMs),
    seconds(healedAfterMs),
  ]);
}

/** As {@link writeFailureMode}, for a row of any table of the page. @throws if no row of the page begins with the first cell */
export async function writeRow(cells: readonly string[]): Promise<void> {
  const text = `| ${cells.join(' | ')} |`;
  process.stdout.write(`${text}\n`);
  const page = await readFile(PAGE, 'utf8');
  const [name = ''] = cells;
  const row = page.split('\n').find((line) => cellsOf(line)[0] === name);
  if (row === undefined) throw new Error(`docs/operations/failure-modes.md has no row "${name}". Add an empty one.`);
  if (process.env['WRITE_FAILURE_MODES'] !== '1') return;
  const written = page.replace(row, () => text);
  await writeFile(PAGE, await format(written, { parser: 'markdown', printWidth: 120, proseWrap: 'always' }));
}

/** Returns the cells of a line of a table, and none of another line. */
export function cellsOf(line: string): readonly string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

export function ms(time: number): string {
  return `${Math.round(time)} ms`;
}

function seconds(timeMs: number): string {
  return `${(timeMs / 1_000).toFixed(1)} s`;
}
