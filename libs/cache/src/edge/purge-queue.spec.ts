import { describe, expect, it } from 'vitest';
import { PurgeQueue, ROUNDS_MS } from './purge-queue.js';

const position = (at: number) => ({ snapshot: `${at}:${at}:`, at });
const names = (...each: readonly string[]): ReadonlySet<string> => new Set(each);

function given() {
  const queue = new PurgeQueue('all');
  const purgeAt = (now: number): readonly string[] | undefined => {
    const due = queue.due(now);
    due?.acknowledge(now);
    return due?.names;
  };
  return { queue, purgeAt };
}

describe(PurgeQueue, () => {
  it('purges a change at once, again when no older answer can arrive, and once more for those that were held up', () => {
    const { queue, purgeAt } = given();
    queue.add(names('a'), position(1), 1_000);
    const purged = Array.from({ length: 120 }, (_, step) => 1_000 + step * 100).filter((now) => purgeAt(now));
    expect(purged).toEqual(ROUNDS_MS.map((after) => 1_000 + after));
  });

  it('purges the names of several changes together, each once', () => {
    const { queue, purgeAt } = given();
    queue.add(names('a', 'b'), position(1), 0);
    queue.add(names('b', 'c'), position(2), 0);
    expect(purgeAt(0)).toEqual(['a', 'b', 'c']);
  });

  it('stays at the first change that was not acknowledged in every round', () => {
    const { queue, purgeAt } = given();
    queue.add(names('a'), position(1), 0);
    queue.add(names('b'), position(2), 5_000);
    purgeAt(5_000);
    expect(queue.settled(position(3))).toEqual(position(1));
    purgeAt(10_000);
    expect(queue.settled(position(3))).toEqual(position(2));
    purgeAt(15_000);
    expect(queue.settled(position(3))).toEqual(position(3));
  });

  it('keeps a change that was not acknowledged, and counts one late purge for every round that was due', () => {
    const { queue, purgeAt } = given();
    queue.add(names('a'), position(1), 0);
    expect(queue.due(9_000)?.names).toEqual(['a']);
    expect(purgeAt(20_000)).toEqual(['a']);
    expect(queue.due(30_000)).toBeUndefined();
  });

  it('purges every answer instead of too many names, and stays at the oldest change', () => {
    const { queue, purgeAt } = given();
    const many = new Set(Array.from({ length: 20_000 }, (_, n) => String(n)));
    expect(queue.add(many, position(1), 0)).toBe(true);
    expect(queue.add(names('one more'), position(2), 0)).toBe(false);
    expect(purgeAt(0)).toEqual(['all']);
    expect(queue.settled(position(3))).toEqual(position(1));
  });

  it('has no position while it purges every answer because nothing is known, even if too many names follow', () => {
    const { queue } = given();
    queue.add(names('all'), undefined, 0);
    queue.add(new Set(Array.from({ length: 20_000 }, (_, n) => String(n))), position(2), 0);
    expect(queue.settled(position(3))).toBeUndefined();
  });
});
