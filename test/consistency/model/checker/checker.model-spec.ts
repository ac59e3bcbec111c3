import { describe, expect, it } from 'vitest';
import { explore, type Model } from './checker.js';

/** Counts up by one or two. */
const counter: Model<number> = {
  initial: 0,
  *next(n) {
    if (n < 4) yield { label: `${n} + 1`, to: n + 1 };
    if (n < 3) yield { label: `${n} + 2`, to: n + 2 };
  },
  broken: () => undefined,
};

describe(explore, () => {
  it('visits every state once', () => {
    expect(explore(counter)).toEqual({ states: 5, trace: [] });
  });

  it('finds the shortest way into a broken state', () => {
    const { trace } = explore({ ...counter, broken: (n) => (n === 4 ? 'four' : undefined) });
    expect(trace).toEqual(['0 + 2', '2 + 2: four']);
  });

  it('reports that the first state is broken', () => {
    expect(explore({ ...counter, broken: () => 'from birth' }).trace).toEqual(['at the start: from birth']);
  });

  it('reports a deadlock', () => {
    expect(explore({ ...counter, mayEnd: () => false }).trace.at(-1)).toBe('2 + 2: no step is possible');
    expect(explore({ ...counter, mayEnd: (n) => n === 4 }).trace).toEqual([]);
  });

  it('throws when a model has too many states', () => {
    const endless: Model<number> = { ...counter, next: (n) => [{ label: 'on', to: n + 1 }] };
    expect(() => explore(endless)).toThrow(/^Not explored to the end/);
  });
});
