import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { COLUMNS, FAULTS, PAGE, rowsOf } from './failure-modes.js';

it('the page of failure modes has a row with all figures for each fault of the run', async () => {
  const page = await readFile(PAGE, 'utf8');
  for (const column of COLUMNS) expect(page).toContain(`| ${column} `);
  const rows = rowsOf(page);
  expect(rows.map(([fault]) => fault)).toEqual(FAULTS);
  const figure = /^\d+(?:\.\d)? m?s$/;
  for (const [, , , longest, stale, writes, used] of rows) {
    expect([longest, writes, used]).toEqual([longest, writes, used].map(() => expect.stringMatching(figure)));
    expect(stale).toMatch(/^0, 0 ms, \d+ ms$/);
  }
});
