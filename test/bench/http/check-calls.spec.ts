import { describe, expect, it } from 'vitest';
import { checkCalls } from './check-calls.js';

const before = { loads: 5, writes: 5 };
const after = (loads: number, writes: number) => ({ loads: 5 + loads, writes: 5 + writes });

describe(checkCalls, () => {
  it('accepts hits without loads, and loads or writes of requests that were in flight at the end', () => {
    expect(() => checkCalls('hits', before, after(0, 0), 100)).not.toThrow();
    expect(() => checkCalls('misses', before, after(164, 0), 100)).not.toThrow();
    expect(() => checkCalls('writes', before, after(0, 164), 100)).not.toThrow();
  });

  it.each([
    ['hits', after(1, 0), /called the origin 1 times/],
    ['misses', after(99, 0), /99 times for 100 answers, so not all were misses/],
    ['writes', after(100, 99), /99 times for 100 answers, so not all were writes/],
  ] as const)('rejects %s that the origin does not confirm', (requests, seen, message) => {
    expect(() => checkCalls(requests, before, seen, 100)).toThrow(message);
  });
});
