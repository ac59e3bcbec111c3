import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { COLUMNS, PAGE } from './failure-modes.js';
import { FAILURES } from './failures.js';

it('the page of failure modes has a row with all figures for each fault of the run', async () => {
  const lines = (await readFile(PAGE, 'utf8')).split('\n').filter((line) => line.startsWith('|'));
  const [columns, , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(columns).toEqual(COLUMNS);
  expect(rows.map(([fault]) => fault)).toEqual(FAILURES.map(({ fault }) => fault));
  const figure = /^\d+(?:\.\d)? m?s$/;
  for (const [, , , longest, stale, writes, used] of rows) {
    expect([longest, writes, used]).toEqual([longest, writes, used].map(() => expect.stringMatching(figure)));
    expect(stale).toMatch(/^0, 0 ms, \d+ ms$/);
  }
});
