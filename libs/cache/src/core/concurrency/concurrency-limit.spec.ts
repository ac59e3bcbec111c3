import { describe, expect, it, vi } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.js';

function givenSteps(count: number) {
  const limit = new ConcurrencyLimit();
  const steps = Array.from({ length: count }, () => {
    const settled = Promise.withResolvers<void>();
    return { ...settled, step: vi.fn(() => settled.promise) };
  });
  const results = steps.map(({ step }) => limit.run(step));
  const started = (): number => steps.filter(({ step }) => step.mock.calls.length > 0).length;
  return { limit, steps, results, started };
}

describe(ConcurrencyLimit.name, () => {
  it('runs at most 100 steps at a time, and passes the place of each ended step on', async () => {
    const { limit, steps, results, started } = givenSteps(102);
    expect(started()).toBe(100);
    steps[0]?.resolve();
    await results[0];
    await vi.waitFor(() => expect(started()).toBe(101));
    steps.forEach(({ resolve }) => resolve());
    await Promise.all(results);
    expect(started()).toBe(102);
    const again = Array.from({ length: 101 }, () => vi.fn(() => new Promise<void>(() => {})));
    again.forEach((step) => void limit.run(step));
    expect(again.filter((step) => step.mock.calls.length > 0)).toHaveLength(100);
  });

  it('fails the waiting steps and all later ones with the error of the first failed step', async () => {
    const { limit, steps, results } = givenSteps(101);
    const [first, second] = [new Error('first'), new Error('second')];
    steps[0]?.reject(first);
    await expect(results[0]).rejects.toBe(first);
    await expect(results[100]).rejects.toBe(first);
    expect(steps[100]?.step).not.toHaveBeenCalled();
    steps[1]?.reject(second);
    await expect(results[1]).rejects.toBe(second);
    await expect(limit.run(async () => {})).rejects.toBe(first);
    steps.forEach(({ resolve }) => resolve());
    await Promise.all(results.slice(2, 100));
  });
});
