import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { ExpiringLru } from './expiring-lru.js';

function givenLru(bounds = { maxBytes: 100, maxEntries: 3 }) {
  const clock = new ManualClock();
  const lru = new ExpiringLru<string>(clock, bounds);
  const put = (name: string, bytes = 10, group = 'g'): void => lru.set(name, name, { group, bytes, expiresAt: 50 });
  return { clock, lru, put };
}

describe(ExpiringLru.name, () => {
  it('drops a value when it expires', () => {
    const { clock, lru, put } = givenLru();
    put('a');
    clock.advance(49);
    expect(lru.get('a')?.value).toBe('a');
    clock.advance(1);
    expect(lru.get('a')).toBeUndefined();
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('evicts the least recently used value over the limit of entries', () => {
    const { lru, put } = givenLru();
    ['a', 'b', 'c'].forEach((name) => put(name));
    lru.get('a');
    put('d');
    expect(lru.get('b')).toBeUndefined();
    expect(lru.get('a')?.value).toBe('a');
    expect(lru.usage('g')).toEqual({ entries: 3, bytes: 30 });
  });

  it('evicts values over the limit of bytes', () => {
    const { lru, put } = givenLru();
    put('a', 60);
    put('b', 60);
    expect(lru.get('a')).toBeUndefined();
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 60 });
  });

  it('does not store a value that is larger than maxBytes', () => {
    const { lru, put } = givenLru();
    put('a', 101);
    expect(lru.get('a')).toBeUndefined();
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });

  it('counts a replaced value once, and counts per group', () => {
    const { lru, put } = givenLru();
    put('a', 10);
    put('a', 20);
    put('b', 5, 'other');
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 20 });
    expect(lru.usage('other')).toEqual({ entries: 1, bytes: 5 });
  });

  it('evicts other values for a larger replacement, and drops a value that its replacement cannot fit', () => {
    const { lru, put } = givenLru();
    put('a', 40);
    put('b', 40);
    put('b', 70);
    expect([lru.get('a'), lru.get('b')?.value]).toEqual([undefined, 'b']);
    expect(lru.usage('g')).toEqual({ entries: 1, bytes: 70 });
    put('b', 101);
    expect(lru.get('b')).toBeUndefined();
    expect(lru.usage('g')).toEqual({ entries: 0, bytes: 0 });
  });
});
