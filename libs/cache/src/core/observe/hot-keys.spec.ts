import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { CacheRegistry } from '../cache-registry.js';
import { HotKeys } from './hot-keys.js';

const GOLDEN_RATIO = 0.618_033_988_749_894_8;

function given() {
  const clock = new ManualClock();
  const hotKeys = new HotKeys(clock);
  const add = (name: string, reads = 1): void => hotKeys.add({ cache: 'birds', key: name }, reads);
  const rates = () => hotKeys.list().map(({ recordKey, readsPerSecond }) => [recordKey, readsPerSecond]);
  return { clock, hotKeys, add, rates };
}

describe(HotKeys.name, () => {
  it('lists the records by their reads per second', () => {
    const { clock, hotKeys, add } = given();
    add('rare');
    add('hot', 20);
    add('hot', 20);
    clock.advance(10_000);
    expect(hotKeys.list()).toEqual([
      { cache: 'birds', recordKey: 'hot', readsPerSecond: 4 },
      { cache: 'birds', recordKey: 'rare', readsPerSecond: 0.1 },
    ]);
  });

  it('includes the last whole minute, and no reads from before it', () => {
    const { clock, add, rates } = given();
    add('first', 60);
    clock.advance(60_000);
    add('second', 60);
    expect(rates()).toEqual([
      ['first', 1],
      ['second', 1],
    ]);
    clock.advance(60_000);
    expect(rates()).toEqual([['second', 1]]);
    clock.advance(60_000);
    expect(rates()).toEqual([]);
  });

  it('forgets all after two minutes without a read', () => {
    const { clock, add, rates } = given();
    add('old', 60);
    clock.advance(120_000);
    expect(rates()).toEqual([]);
    add('new', 30);
    clock.advance(10_000);
    expect(rates()).toEqual([['new', 3]]);
  });

  it('finds the hot ones among any number of records, in constant memory', () => {
    const { clock, add, rates } = given();
    for (let read = 0; read < 20_000; read += 1) {
      add(`cold-${read}`);
      if (read % 20 === 0) add('hot');
      if (read % 40 === 0) add('warm');
    }
    clock.advance(1_000);
    expect(rates()).toHaveLength(100);
    expect(rates().slice(0, 2)).toEqual([
      ['hot', 1_000],
      ['warm', 500],
    ]);
  });

  it('never counts more reads of a record than there were', () => {
    const { clock, add, rates } = given();
    for (let read = 0; read < 1_000; read += 1) add(`cold-${read}`);
    clock.advance(1_000);
    for (const [, rate] of rates()) expect(rate).toBe(1);
  });

  it('counts hits in memory of two entries that a program reads in turn', async () => {
    const { clock, instance } = givenFleet<number>();
    let numbers = 0;
    // Evenly distributed, and the same in each run.
    vi.spyOn(clock, 'random').mockImplementation(() => ((numbers += 1) * GOLDEN_RATIO) % 1);
    const { cache, runtime } = instance();
    for (let read = 0; read < 40_000; read += 1)
      await cache.readThrough(read % 2 === 0 ? 'even' : 'odd', async () => 1);
    const [first, second, ...others] = new CacheRegistry(runtime).hotKeys;
    expect(others).toEqual([]);
    // A sample at equal distances of 128 would see one of them only.
    expect(first?.readsPerSecond).toBeLessThan(30_000);
    expect(second?.readsPerSecond).toBeGreaterThan(10_000);
  });
});
