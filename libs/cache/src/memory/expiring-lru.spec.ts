import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { ExpiringLru, type Held } from './expiring-lru.js';

class Item implements Held {
  older: Held | undefined = undefined;
  newer: Held | undefined = undefined;

  constructor(
    readonly name: string,
    readonly group: string,
    public bytes: number,
    readonly expiresAt: number,
  ) {}
}

function givenLru(bounds = { maxBytes: 100, maxEntries: 3 }) {
  const clock = new ManualClock();
  const lru = new ExpiringLru<Item>(clock, bounds);
  const put = (name: string, { bytes = 10, group = 'g', expiresAt = 50 } = {}): void =>
    void lru.hold(new Item(name, group, bytes, expiresAt));
  const has = (...names: string[]): boolean[] => names.map((name) => lru.get(name) !== undefined);
  return { clock, lru, put, has };
}

/** Moves time on and lets the sweep run. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise(setImmediate);
}

describe(ExpiringLru.name, () => {
  it.each([
    [{ maxBytes: 1, maxEntries: 1 }, true],
    [{ maxBytes: 0, maxEntries: 1 }, false],
    [{ maxBytes: 1, maxEntries: 0 }, false],
    [{ maxBytes: 199, maxEntries: 1, leastBytes: 200 }, false],
    [{ maxBytes: 200, maxEntries: 1, leastBytes: 200 }, true],
  ])('has room if its bounds allow one value: %j', (bounds, hasRoom) => {
    expect(givenLru(bounds).lru.hasRoom).toBe(hasRoom);
  });

  it('drops a value when it expires', () => {
    const { clock, lru, put, has } = givenLru();
    put('a');
    clock.advance(49);
    expect(has('a')).toEqual([true]);
    clock.advance(1);
    expect(has('a')).toEqual([false]);
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('counts a value that has grown, and evicts until all values fit', () => {
    const { lru, put, has } = givenLru();
    put('a', { bytes: 40 });
    const grown = new Item('b', 'g', 40, 50);
    lru.hold(grown);
    lru.resize(grown, 90);
    expect(has('a', 'b')).toEqual([false, true]);
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 90 });
    lru.resize(grown, 101);
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('does not count a value that grows after it was replaced', () => {
    const { lru, put } = givenLru();
    const replaced = new Item('a', 'g', 40, 50);
    lru.hold(replaced);
    put('a');
    lru.resize(replaced, 90);
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 10 });
  });

  it('releases the neighbours of a value that left', () => {
    const { lru, put } = givenLru();
    put('a');
    const left = new Item('b', 'g', 10, 50);
    lru.hold(left);
    put('c');
    lru.delete('b');
    expect([left.older, left.newer]).toEqual([undefined, undefined]);
  });

  it('evicts the least recently used value over the limit of entries', () => {
    const { lru, put, has } = givenLru();
    ['a', 'b', 'c'].forEach((name) => put(name));
    lru.get('a');
    put('d');
    expect(has('b', 'a')).toEqual([false, true]);
    put('e');
    expect(has('c', 'a', 'd', 'e')).toEqual([false, true, true, true]);
    expect(lru.usage('g')).toEqual({ entries: 3, bytes: 30 });
  });

  it('keeps the order of use whichever value is read or deleted', () => {
    const { lru, put, has } = givenLru({ maxBytes: 1_000, maxEntries: 4 });
    ['a', 'b', 'c', 'd'].forEach((name) => put(name));
    ['b', 'd', 'a'].forEach((name) => lru.get(name));
    lru.delete('d');
    ['e', 'f'].forEach((name) => put(name));
    expect(lru.names().toSorted()).toEqual(['a', 'b', 'e', 'f']);
    ['g', 'h'].forEach((name) => put(name));
    expect(has('a', 'b', 'e', 'f', 'g', 'h')).toEqual([false, false, true, true, true, true]);
  });

  it('evicts values over the limit of bytes', () => {
    const { lru, put, has } = givenLru();
    put('a', { bytes: 60 });
    put('b', { bytes: 60 });
    expect(has('a')).toEqual([false]);
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 60 });
  });

  it('does not store a value that is larger than maxBytes', () => {
    const { lru, put, has } = givenLru();
    put('a', { bytes: 101 });
    expect(has('a')).toEqual([false]);
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('counts a replaced value once, and counts per group', () => {
    const { lru, put } = givenLru();
    put('a');
    put('a', { bytes: 20 });
    put('b', { bytes: 5, group: 'other' });
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 20 });
    expect(lru.usage('other')).toEqual({ entries: 1, bytes: 5 });
    lru.clear();
    expect([lru.usage('g'), lru.names()]).toEqual([{ entries: 0, bytes: 0 }, []]);
    put('c', { bytes: 100 });
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 100 });
  });

  it('evicts other values for a larger replacement, and drops a value that its replacement cannot fit', () => {
    const { lru, put, has } = givenLru();
    put('a', { bytes: 40 });
    put('b', { bytes: 40 });
    put('b', { bytes: 70 });
    expect(has('a', 'b')).toEqual([false, true]);
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 70 });
    put('b', { bytes: 101 });
    expect(has('b')).toEqual([false]);
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('drops expired values that nothing reads, a bounded number at a time', async () => {
    const { clock, lru, put } = givenLru({ maxBytes: 1_000_000, maxEntries: 10_000 });
    put('old', { expiresAt: 1_000_000 });
    for (let index = 0; index < 4_000; index += 1) put(`${index}`, { expiresAt: 100 });
    await pass(clock, 250);
    expect(lru.usage('g').entries).toBe(1_501);
    await pass(clock, 250);
    expect(lru.names()).toEqual(['old']);
  });

  it('reaches every value although others are read, added and deleted while it sweeps', async () => {
    const { clock, lru, put } = givenLru({ maxBytes: 1_000_000, maxEntries: 20_000 });
    for (let index = 0; index < 5_000; index += 1) put(`cold-${index}`, { expiresAt: 1_000 });
    for (let index = 0; index < 5_000; index += 1) put(`hot-${index}`, { expiresAt: 1_000_000 });
    for (let round = 0; round < 12; round += 1) {
      await pass(clock, 250);
      for (let index = 0; index < 5_000; index += 1) lru.get(`hot-${index}`);
      for (let index = 0; index < 100; index += 1) put(`new-${round}-${index}`, { expiresAt: 1_000_000 });
      for (let index = 0; index < 100; index += 1) lru.delete(`new-${round - 1}-${index}`);
    }
    expect(lru.names().filter((name) => name.startsWith('cold'))).toEqual([]);
    expect(lru.usage('g').entries).toBe(5_100);
  });

  it('counts a value once that leaves where the sweep continues', async () => {
    const { clock, lru, put } = givenLru({ maxBytes: 1_000_000, maxEntries: 10_000 });
    for (let index = 0; index < 2_502; index += 1) put(`${index}`, { expiresAt: 500 });
    await pass(clock, 250);
    lru.delete('1');
    await pass(clock, 250);
    await pass(clock, 250);
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('has no timer while it is empty', async () => {
    const { clock, put } = givenLru();
    put('a', { expiresAt: 100 });
    await pass(clock, 250);
    await pass(clock, 250);
    let started = 0;
    clock.every = () => ((started += 1), () => {});
    put('b', { expiresAt: 10_000 });
    put('c', { expiresAt: 10_000 });
    expect(started).toBe(1);
  });
});
