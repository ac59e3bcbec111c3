import type { JournalEntry, Miss } from '@nuthatch/cache';
import { describe, expect, it } from 'vitest';
import { tagActivity } from './tag-activity.js';

const write = (at: number, tags: readonly string[], who?: string): JournalEntry => ({
  kind: 'write',
  who,
  recordKeys: ['record'],
  tags,
  names: 1 + tags.length,
  at,
  durationMs: 1,
  appliedAt: at,
  verifiedAt: undefined,
  confirmedBy: [],
});
const miss = (reason: Miss['reason'], invalidated: readonly string[]): Miss => ({
  cache: 'birds',
  recordKey: 'record',
  reason,
  invalidated,
  invalidatedAt: 1,
  at: 2,
});

describe(tagActivity, () => {
  it('has the number of invalidations of each tag, and the last of them', () => {
    const journal = [
      write(30, ['users']),
      write(20, ['users', 'orders'], 'request-2'),
      write(10, ['orders'], 'request-1'),
    ];
    expect(tagActivity(journal, [])).toEqual([
      { recordKey: 'users', misses: 0, invalidations: 2, invalidatedAt: 30, by: undefined },
      { recordKey: 'orders', misses: 0, invalidations: 2, invalidatedAt: 20, by: 'request-2' },
    ]);
  });

  it('counts the misses that a tag has caused, also one of another instance, and begins with the most', () => {
    const misses = [
      miss('tag-invalidated', ['foreign', 'users']),
      miss('tag-invalidated', ['foreign']),
      miss('key-invalidated', ['record']),
      miss('expired', []),
    ];
    expect(tagActivity([write(10, ['users'])], misses)).toEqual([
      { recordKey: 'foreign', misses: 2, invalidations: 0, invalidatedAt: undefined, by: undefined },
      { recordKey: 'users', misses: 1, invalidations: 1, invalidatedAt: 10, by: undefined },
    ]);
  });

  it('is empty without invalidations', () => {
    expect(tagActivity([write(1, [])], [])).toEqual([]);
  });
});
