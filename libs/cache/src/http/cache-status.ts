import type { ReadOutcome } from '../core/read-outcome.js';

/** The value of `Cache-Status` (RFC 9211) for what a read found. Times are rounded to whole seconds. */
export function cacheStatus({ result, tier, ttlMs, stored, collapsed }: ReadOutcome<unknown>): string {
  const ttl = `ttl=${Math.round(ttlMs / 1_000)}`;
  if (result === 'hit') return `nuthatch; hit; ${ttl}; detail=${tier}`;
  if (result === 'bypass') return 'nuthatch; fwd=bypass; detail=unavailable';
  if (collapsed) return 'nuthatch; fwd=uri-miss; collapsed';
  return stored ? `nuthatch; fwd=uri-miss; fwd-status=200; stored; ${ttl}` : 'nuthatch; fwd=uri-miss; fwd-status=200';
}

/** `Cache-Status` of a request that names who asks: its answer is neither taken from the cache nor stored in it. */
export const CREDENTIALS_STATUS = 'nuthatch; fwd=bypass; detail=credentials';
