import { describe, expect, it } from 'vitest';
import { judgeLatency, judgeSpeed, LOOSE } from './bars.js';
import { type Result, resultOf, type Sample } from './result.js';

const NONE: Sample = { requestsPerSecond: 0, p50Ms: 0, p99Ms: 0, cpuMicros: 0, coreShare: 1, redisCommands: 0 };

function result(id: string, ...rounds: readonly Partial<Sample>[]): Result {
  return resultOf(
    { id, name: id },
    rounds.map((figures) => ({ ...NONE, ...figures })),
  );
}

describe(judgeSpeed, () => {
  const results = [result('fast', { cpuMicros: 20 }), result('slow', { cpuMicros: 36 })];

  it.each([
    [1.79, true],
    [1.81, false],
  ])('judges that a bar of %d × is held: %s', (atLeast, held) => {
    expect(judgeSpeed({ id: 'fast', of: 'slow', atLeast }, results)).toMatchObject({ measured: '1.80 ×', held });
  });

  it('takes the median of the ratios of the rounds', () => {
    const fast = result('fast', { cpuMicros: 20 }, { cpuMicros: 40 }, { cpuMicros: 80 });
    const slow = result('slow', { cpuMicros: 30 }, { cpuMicros: 80 }, { cpuMicros: 80 });
    // The ratio of the medians would be 2.
    const verdict = judgeSpeed({ id: 'fast', of: 'slow', atLeast: 1 }, [fast, slow]);
    expect(verdict).toMatchObject({ ours: '25,000', other: '12,500', measured: '1.50 ×' });
  });

  it('asks a quarter of a quick run', () => {
    const busy = [result('fast', { cpuMicros: 20 }), result('slow', { cpuMicros: 16 })];
    const verdict = judgeSpeed({ id: 'fast', of: 'slow', atLeast: 3 }, busy, LOOSE);
    expect(verdict).toMatchObject({
      what: expect.stringContaining('processor time'),
      wanted: '≥ 0.75 ×',
      measured: '0.80 ×',
      held: true,
    });
  });

  it('fails a bar when no request was answered', () => {
    const dead = [result('fast', {}), result('slow', {})];
    expect(judgeSpeed({ id: 'fast', of: 'slow', atLeast: 0.1 }, dead).held).toBe(false);
  });

  it('throws for a contender that was not measured', () => {
    expect(() => judgeSpeed({ id: 'fast', of: 'other', atLeast: 1 }, results)).toThrow(/"other" was not measured/);
  });
});

describe(judgeLatency, () => {
  const results = [result('ours', { p99Ms: 30 }), result('limit', { p99Ms: 10 })];

  it.each([
    [3, true],
    [2.9, false],
  ])('judges that a bar of %d × is held: %s', (atMost, held) => {
    expect(judgeLatency({ id: 'ours', of: 'limit', atMost }, results)).toMatchObject({ measured: '3.00 ×', held });
  });

  it('allows a quick run five times the latency', () => {
    const verdict = judgeLatency({ id: 'ours', of: 'limit', atMost: 2 }, results, LOOSE);
    expect(verdict).toMatchObject({ wanted: '≤ 10.00 ×', held: true });
  });
});
