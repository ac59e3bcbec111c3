import { describe, expect, it } from 'vitest';
import { ALL_CONTENDERS, contenderOf, contendersNamed, SCENARIOS } from './all-contenders.js';

describe('the contenders', () => {
  it('have an id each, and a unit in each scenario', () => {
    const ids = ALL_CONTENDERS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { rows, unit } of SCENARIOS) expect(rows.map(({ id }) => id)).toContain(unit);
  });

  it('answer the requests of their scenario', () => {
    expect(contenderOf('nuthatch-miss').traffic.requests).toBe('misses');
    expect(contenderOf('stock-20k').traffic).toEqual({ requests: 'hits', users: 256, orders: 100 });
  });
});

describe(contendersNamed, () => {
  it('finds a contender, and all contenders of a scenario, in the order of the tables', () => {
    const ids = contendersNamed(['writes', 'nuthatch', 'writes']).map(({ id }) => id);
    expect(ids).toEqual(['nuthatch', 'stock-write', 'bentocache-write', 'nuthatch-write', 'nuthatch-groups']);
  });

  it('lists the names when one is unknown', () => {
    expect(() => contendersNamed(['miss'])).toThrow(/no scenario or contender "miss".*"misses".*nuthatch-miss/);
  });
});
