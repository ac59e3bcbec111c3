import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cellsOf, PAGE } from '../consistency/processes/scenarios/failure-modes.js';

const FIGURES = /^\d+(?:\.\d)? m?s$/;

async function sources(): Promise<string> {
  const folders = [import.meta.dirname, join(import.meta.dirname, '../consistency/processes/scenarios')];
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder)).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name)),
    ),
  );
  return (await Promise.all(files.flat().map((file) => readFile(file, 'utf8')))).join('\n');
}

it('each row of the page of failure modes has the fault of a test, and all figures', async () => {
  const tests = await sources();
  const rows = (await readFile(PAGE, 'utf8')).split('\n').map(cellsOf);
  const faults = rows.filter(([fault = '']) => fault !== '' && !/^(?:fault|change|-+)$/.test(fault));
  expect(faults.length).toBeGreaterThan(40);
  for (const [fault, ...cells] of faults) {
    expect(tests).toContain(`'${fault}'`);
    for (const cell of cells) expect([fault, cell]).toEqual([fault, expect.stringMatching(/\S/)]);
    if (cells.length !== 6) continue;
    const [, , longest, stale, writes, used] = cells;
    expect([fault, longest, writes, used]).toEqual([fault, ...[1, 2, 3].map(() => expect.stringMatching(FIGURES))]);
    expect([fault, stale]).toEqual([fault, expect.stringMatching(/^0, \d+ ms, \d+ ms$/)]);
  }
});
