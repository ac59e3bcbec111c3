import { describe, expect, it } from 'vitest';
import { judgeLatency, judgeSpeed, LOOSE } from './bars.js';
import type { Result } from './result.js';

function result(id: string, figures: Partial<Result>): Result {
  return {
    id,
    name: id,
    requestsPerSecond: 0,
    p50Ms: 0,
    p99Ms: 0,
    cpuMicros: 0,
    coreShare: 1,
    redisCommands: 0,
    ...figures,
  };
}

describe(judgeSpeed, () => {
  const results = [result('fast', { requestsPerSecond: 18_000 }), result('slow', { requestsPerSecond: 10_000 })];

  it.each([
    [1.8, true],
    [1.81, false],
  ])('judges that a bar of %d × is held: %s', (atLeast, held) => {
    expect(judgeSpeed({ id: 'fast', of: 'slow', atLeast }, results)).toMatchObject({ measured: '1.80 ×', held });
  });

  it('asks half as much of a quick run, by processor time', () => {
    const busy = [result('fast', { cpuMicros: 20 }), result('slow', { cpuMicros: 32 })];
    const verdict = judgeSpeed({ id: 'fast', of: 'slow', atLeast: 3 }, busy, LOOSE);
    expect(verdict).toMatchObject({ what: expect.stringContaining('processor time'), measured: '1.60 ×', held: true });
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
