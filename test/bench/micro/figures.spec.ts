import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFigures } from '../../compare/figures/page.js';
import { PAGE } from '../page.js';
import { figuresOf, reportOf } from './figures.js';
import type { Measured } from './measure.js';

function row(name: string, kind: Measured['kind'], ...rates: readonly number[]): Measured {
  const samples = rates.map((operationsPerSecond) => ({ operationsPerSecond, cpuMicros: 1.234, redisCommands: 2 }));
  return { name, kind, samples };
}

const rows = [row('limit', 'limit', 9e6), row('ours', 'ours', 3e6), row('slow', 'peer', 1e4), row('fast', 'peer', 5e5)];
const scenario = { title: 'a read' };

describe(reportOf, () => {
  it('has a row for each library, with its ratio to the fastest peer', () => {
    const { table } = reportOf(scenario, rows);
    expect(table).toContain('| ours | 3.00 M/s | 6.00 | 1.23 µs | 2.00 |');
    expect(table).toContain('| slow | 10.0 k/s | 0.02 | 1.23 µs | 2.00 |');
  });

  it.each([
    [6, true],
    [6.01, false],
  ])('judges ours, and no other row, by a bar of %d ×: %s', (atLeast, held) => {
    const { verdicts } = reportOf({ ...scenario, atLeast }, rows);
    expect(verdicts).toMatchObject([
      { what: 'a read: ours, beside fast', ours: '3.00 M/s', other: '500.0 k/s', measured: '6.00 ×', held },
    ]);
  });

  it('judges nothing without a bar', () => {
    expect(reportOf(scenario, rows).verdicts).toEqual([]);
  });

  it('compares the rounds, not the medians', () => {
    const { verdicts } = reportOf({ ...scenario, atLeast: 1 }, [
      row('ours', 'ours', 30, 20, 10),
      row('peer', 'peer', 20, 10, 10),
    ]);
    expect(verdicts).toMatchObject([{ ours: '20 /s', other: '10 /s', measured: '1.50 ×' }]);
  });

  it('throws without a peer', () => {
    expect(() => reportOf(scenario, [row('ours', 'ours', 1)])).toThrow(/No peer was measured/);
  });
});

describe(figuresOf, () => {
  it('finds a place in the published page for all tables and bars', async () => {
    const page = await readFile(join(import.meta.dirname, '../../..', PAGE), 'utf8');
    const { table, verdicts } = reportOf({ ...scenario, atLeast: 7 }, rows);
    const published = withFigures(page, figuresOf([{ table, verdicts }]));
    expect(published).toContain(table);
    expect(published).toContain('| a read: ours, beside fast | 3.00 M/s | 500.0 k/s | ≥ 7.00 × | 6.00 × | **no** |');
  });
});
