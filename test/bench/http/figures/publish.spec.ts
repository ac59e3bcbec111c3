import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_CONTENDERS } from '../all-contenders.js';
import { PAGE } from '../../page.js';
import { withFigures } from '../../../compare/figures/page.js';
import { coreLine, figuresOf, methodLines } from './publish.js';
import { type Result, resultOf } from './result.js';

function result(id: string, requestsPerSecond: number): Result {
  const sample = { requestsPerSecond, p50Ms: 1.234, p99Ms: 5.678, cpuMicros: 20.04, coreShare: 0.98, redisCommands: 1 };
  return resultOf({ id, name: `row ${id}` }, [sample]);
}

const results = [
  result('nest', 40_000),
  result('nest-intercepted', 30_000),
  result('stock', 20_000),
  result('stock-express', 15_000),
  result('nuthatch', 30_000),
  result('nuthatch-guarded', 18_000),
  result('nuthatch-l2', 25_000),
  result('nuthatch-l2-in-turn', 22_000),
  result('stock-in-turn', 20_000),
  result('nuthatch-express', 16_500),
  result('stock-20k', 5_000),
  result('nuthatch-l2-20k', 9_000),
  result('bentocache-20k', 8_000),
  result('nuthatch-20k', 16_000),
  result('bentocache-miss', 10_000),
  result('nuthatch-miss', 9_100),
  result('bentocache-write', 10_000),
  result('nuthatch-write', 8_200),
];
const bar = { what: 'some bar', ours: '20', other: '10', wanted: '≥ 1.80 ×', measured: '2.00 ×', held: true };

describe(figuresOf, () => {
  it('summarises how many times faster Nuthatch is, and that every bar holds', () => {
    const figures = figuresOf({ results, manyConnections: [], verdicts: [bar] });
    expect(figures.get('in short')).toMatch(/30,000 memory hits .* 2\.00 × .* 1\.50 × .* 0\.75 × .* Every bar holds/);
  });

  it('summarises the smaller gains too: behind a guard, with users in turn, on Express', () => {
    const figures = figuresOf({ results, manyConnections: [], verdicts: [] });
    expect(figures.get('in short')).toMatch(
      /guard.* 1\.20 ×, 0\.90 × and 0\.45 ×; .* 0\.75 × .* 1\.25 × .* 1\.10 × .*Express.* 1\.10 ×/,
    );
  });

  it('summarises the costs: large users, misses and writes', () => {
    const figures = figuresOf({ results, manyConnections: [], verdicts: [] });
    expect(figures.get('in short')).toMatch(/20 kB.* 1\.80 × .* 2\.00 × .*misses reach 0\.91 × .*writes 0\.82 ×/);
  });

  it('reports the bars that do not hold', () => {
    const figures = figuresOf({ results, manyConnections: [], verdicts: [bar, { ...bar, held: false }] });
    expect(figures.get('in short')).toMatch(/1 of 2 bars does not hold/);
    expect(figures.get('bars')).toContain('| some bar | 20 | 10 | ≥ 1.80 × | 2.00 × | **no** |');
  });

  it('has a row for each contender, with its ratio to the stock set-up', () => {
    const figures = figuresOf({ results, manyConnections: [result('fastify', 70_000)], verdicts: [] });
    expect(figures.get('one-user')).toContain(
      '| row nuthatch | 30,000 | 2.00 | 1.23 ms | 5.68 ms | 20.0 µs | 98 % | 1.00 |',
    );
    expect(figures.get('many connections')).toContain('| row fastify | 70,000 | 1.23 ms | 5.68 ms |');
  });

  it('finds a place in the published page for all figures of a run', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../..', PAGE), 'utf8');
    const all = ALL_CONTENDERS.map(({ id }) => result(id, 1));
    const figures = figuresOf({ results: all, manyConnections: [], verdicts: [] }).set('conditions', '');
    expect(() => withFigures(page, figures)).not.toThrow();
  });
});

describe(coreLine, () => {
  it('reports how much of their core the servers used', () => {
    const shares = [0.2, 0.914, 0.99].map((coreShare, index) => ({ ...result(String(index), 1), coreShare }));
    expect(coreLine({ results: shares })).toBe('- Servers used 91 % of their core (median).');
  });
});

describe(methodLines, () => {
  const method = {
    generator: 'wrk',
    cores: undefined,
    connections: 64,
    warmUp: { leastSeconds: 3, mostSeconds: 9 },
    seconds: 4,
    rounds: 3,
  };

  it('names the load generator and the cores', () => {
    const lines = methodLines({ ...method, cores: { server: '0', others: '1' } });
    expect(lines).toMatch(
      /with wrk, over 64 connections[^]*pinned to core 0; the load and Redis are pinned to core 1[^]*3 rounds of 4 s/,
    );
  });

  it('describes how long a server is warmed up', () => {
    expect(methodLines(method)).toContain(
      'warmed up with 3 to 9 s of load, until its processor time per request changes by less than 3 % within a second.',
    );
    const quick = { ...method, warmUp: { leastSeconds: 1, mostSeconds: 1 } };
    expect(methodLines(quick)).toContain('It is warmed up with 1 s of load. Figures');
  });

  it('reports that no process is pinned', () => {
    expect(methodLines(method)).toContain('No process is pinned');
  });
});
