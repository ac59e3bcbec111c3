import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { CLUSTER_FAILURES } from './cluster-failures.js';
import type { FailureFigures } from './failure.js';
import { SENTINEL_FAILURES } from './sentinel-failures.js';

const root = join(import.meta.dirname, '../..');
export const PAGE = join(root, 'docs/operations/failure-modes.md');
const COPY = join(root, 'node_modules/.cache/nuthatch/chaos');

export const COLUMNS = [
  'fault',
  'a client gets',
  '`lastError` in `/health`',
  'longest read',
  'stale reads: own, strong, other',
  'writes applied again',
  'cache used again',
] as const;

/** The faults, in the order of the table. */
export const FAULTS: readonly string[] = [...SENTINEL_FAILURES, ...CLUSTER_FAILURES].map(({ fault }) => fault);

/**
 * Writes the figures of a run into the rows of its faults, in a copy of the page below node_modules/.cache. With `CHAOS_WRITE=1`, it
 * replaces the page.
 */
export async function writeFailureModes(failures: readonly FailureFigures[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const rows = new Map([...rowsOf(page), ...failures.map(cells)].map((row) => [row[0], row]));
  const ordered = FAULTS.map((fault) => rows.get(fault)).filter((row) => row !== undefined);
  const table = [COLUMNS, COLUMNS.map(() => '---'), ...ordered].map((row) => `| ${row.join(' | ')} |`);
  const written = await format(page.replace(/^\| fault [\s\S]*?\n(?=\n|$)/m, `${table.join('\n')}\n`), {
    parser: 'markdown',
    printWidth: 120,
    proseWrap: 'always',
  });
  await mkdir(COPY, { recursive: true });
  await writeFile(join(COPY, 'failure-modes.md'), written);
  if (process.env['CHAOS_WRITE'] === '1') await writeFile(PAGE, written);
}

/** Returns the cells of each row of the table, without its head. */
export function rowsOf(page: string): readonly (readonly string[])[] {
  const lines = page.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.slice(2);
}

function cells({ fault, failed, reported, longestReadMs, staleMs, writesAfterMs, healedAfterMs }: FailureFigures) {
  const ms = (time: number): string => `${Math.round(time)} ms`;
  const seconds = (time: number): string => `${(time / 1_000).toFixed(1)} s`;
  return [
    fault,
    failed === 0 ? 'no error' : `${failed} errors`,
    reported.map((word) => `\`${word}\``).join(', ') || 'none',
    ms(longestReadMs),
    `${staleMs.own}, ${ms(staleMs.strong)}, ${ms(staleMs.other)}`,
    ms(writesAfterMs),
    seconds(healedAfterMs),
  ];
}
