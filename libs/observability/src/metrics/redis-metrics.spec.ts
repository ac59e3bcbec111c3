import { describe, expect, it } from 'vitest';
import { figuresIn } from './redis-metrics.js';

describe(figuresIn, () => {
  it('returns the numbers, and neither texts nor lists', () => {
    const info =
      '# Memory\r\nused_memory:1024\r\nmem_fragmentation_ratio:1.5\r\nmaxmemory_policy:noeviction\r\ndb0:keys=1,expires=0\r\n';
    expect([...figuresIn(info)]).toEqual([
      ['used_memory', 1_024],
      ['mem_fragmentation_ratio', 1.5],
    ]);
  });

  it('returns nothing for an empty answer', () => {
    expect(figuresIn('').size).toBe(0);
  });
});
