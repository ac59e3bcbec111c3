import { describe, expect, it } from 'vitest';
import type { ReadResult } from '../../core/read-result.js';
import { cacheStatus, X_CACHE } from './cache-outcome.js';

const hit: ReadResult<unknown> = {
  answer: { value: {}, json: '{}', etag: '"1"' },
  status: 'hit',
  detail: undefined,
  tier: 'l1',
  ttlMs: 24_000,
  ageMs: 6_000,
  stored: true,
  privateTo: undefined,
  collapsed: false,
};
const miss: ReadResult<unknown> = { ...hit, status: 'miss', tier: undefined, ttlMs: 60_000, ageMs: 0 };
const unstored: ReadResult<unknown> = { ...miss, ttlMs: 0, stored: false };

const rows: readonly [what: string, outcome: ReadResult<unknown>, cacheStatus: string, xCache: string][] = [
  ['a hit in L1', hit, 'nuthatch; hit; ttl=24; detail=l1', 'HIT'],
  ['a hit in L2', { ...hit, tier: 'l2', ttlMs: 52_400 }, 'nuthatch; hit; ttl=52; detail=l2', 'HIT'],
  ['a hit whose TTL is rounded up', { ...hit, ttlMs: 52_600 }, 'nuthatch; hit; ttl=53; detail=l1', 'HIT'],
  ['a load that was stored', miss, 'nuthatch; fwd=uri-miss; fwd-status=200; stored; ttl=60', 'MISS'],
  ['a load that was not stored', unstored, 'nuthatch; fwd=uri-miss; fwd-status=200', 'MISS'],
  ["another request's load", { ...miss, stored: false, collapsed: true }, 'nuthatch; fwd=uri-miss; collapsed', 'MISS'],
  [
    "what another request's read found",
    { ...hit, tier: 'l2', stored: false, collapsed: true },
    'nuthatch; hit; ttl=24; detail=l2',
    'HIT',
  ],
  [
    'a stale value during a background refresh',
    { ...hit, status: 'stale', detail: 'stale-while-revalidate', ttlMs: -7_000 },
    'nuthatch; hit; ttl=-7; detail=stale-while-revalidate',
    'STALE',
  ],
  [
    'a stale value instead of an error',
    { ...hit, status: 'stale', detail: 'stale-if-error', ttlMs: -900_000 },
    'nuthatch; fwd=stale; fwd-status=503; detail=stale-if-error',
    'STALE',
  ],
  ...(['write-intent', 'unavailable', 'pending'] as const).map(
    (detail): [string, ReadResult<unknown>, string, string] => [
      `a load that bypassed the cache: ${detail}`,
      { ...unstored, status: 'bypass', detail },
      `nuthatch; fwd=bypass; detail=${detail}`,
      'BYPASS',
    ],
  ),
  [
    "another request's load that bypassed the cache",
    { ...unstored, status: 'bypass', detail: 'unavailable', collapsed: true },
    'nuthatch; fwd=bypass; detail=unavailable',
    'BYPASS',
  ],
  [
    'a negative entry',
    { ...hit, status: 'negative', ttlMs: 4_000, answer: { value: undefined, json: undefined, etag: undefined } },
    'nuthatch; hit; ttl=4; detail=negative',
    'HIT',
  ],
];

describe(cacheStatus, () => {
  it.each(rows)('cacheStatus describes %s', (_what, result, expected) => {
    expect(cacheStatus(result)).toBe(expected);
  });

  it.each(rows)('cacheStatus returns a list of one member (RFC 9211 §2) for %s', (_what, result) => {
    expect(cacheStatus(result)).toMatch(
      /^nuthatch; (hit; ttl=-?\d+|fwd=(bypass|uri-miss|stale)(; fwd-status=\d{3})?(; stored; ttl=-?\d+)?(; collapsed)?)(; detail=[a-z][a-z0-9-]*)?$/,
    );
  });
});

describe('X_CACHE', () => {
  it.each(rows)('describes %s', (_what, result, _cacheStatus, expected) => {
    expect(X_CACHE[result.status]).toBe(expected);
  });
});
