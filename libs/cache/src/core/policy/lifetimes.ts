/** How long an entry lives, in milliseconds from the start of its load. */
export interface Lifetimes {
  /** End of the time in which the entry is fresh. */
  readonly freshMs: number;
  /** End of the time in which it is served while it is refreshed (RFC 5861 §3). */
  readonly swrMs: number;
  /** End of the time in which it is served if the origin fails (RFC 5861 §4). The entry expires then. */
  readonly expiryMs: number;
}

export type Freshness = 'fresh' | 'stale' | 'stale-if-error';

/** Returns the freshness of a stored value with `ttlMs` of its TTL left. */
export function freshness(
  { freshUntilMs, swrUntilMs }: { readonly freshUntilMs: number; readonly swrUntilMs: number },
  ttlMs: number,
): Freshness {
  if (ttlMs > freshUntilMs) return 'fresh';
  return ttlMs > swrUntilMs ? 'stale' : 'stale-if-error';
}

/**
 * Whether to refresh now, before the entry expires (XFetch, Vattani et al., "Optimal Probabilistic Cache Stampede Prevention",
 * VLDB 2015). The probability rises towards the end and with the duration of the load, so that one of many readers goes first.
 */
export function refreshesEarly(loadMs: number, freshForMs: number, random: number): boolean {
  return -loadMs * Math.log(random) >= freshForMs;
}
