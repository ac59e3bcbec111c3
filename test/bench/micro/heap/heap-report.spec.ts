import { describe, expect, it } from 'vitest';
import { heapReport } from './heap-report.js';

describe(heapReport, () => {
  it('judges each row of ours by its bytes, and compares it with the first row', () => {
    const { table, verdicts } = heapReport([
      { name: 'map', bytes: 400 },
      { name: 'lean', atMost: 800, bytes: 800 },
      { name: 'fat', atMost: 1_000, bytes: 1_000.4 },
    ]);
    expect(table).toContain('| fat | 1,000 B | 2.50 |');
    expect(verdicts).toMatchObject([
      { ours: '800 B', other: '400 B', wanted: '≤ 800 B', held: true },
      { ours: '1,000 B', held: false },
    ]);
  });
});
