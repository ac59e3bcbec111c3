/** How long an entry lives, in milliseconds from the start of its load. */
export interface Lifetimes {
  /** End of the time in which the entry is fresh. */
  readonly freshMs: number;
  /** End of the time in which it is served while it is refreshed (RFC 5861 §3). */
  readonly swrMs: number;
  /** End of the time in which it is served if the origin fails (RFC 5861 §4). The entry expires then. */
  readonly expiryMs: number;
}

/** The remaining TTLs, in milliseconds, at which a stored entry changes its freshness, and the TTL it is stored for. */
export interface Thresholds {
  readonly freshUntilMs: number;
  readonly swrUntilMs: number;
  readonly expiryMs: number;
}

export type Freshness = 'fresh' | 'stale' | 'stale-if-error';

/** Returns the remaining TTLs at which an entry that is stored for `expiryMs` changes its freshness. */
export function thresholds({ freshMs, swrMs, expiryMs }: Lifetimes): Thresholds {
  return { freshUntilMs: expiryMs - freshMs, swrUntilMs: expiryMs - swrMs, expiryMs };
}

/** Returns the freshness of a stored value with `ttlMs` of its TTL left. */
export function freshness(value: Pick<Thresholds, 'freshUntilMs' | 'swrUntilMs'>, ttlMs: number): Freshness {
  if (ttlMs > value.freshUntilMs) return 'fresh';
  return ttlMs > value.swrUntilMs ? 'stale' : 'stale-if-error';
}

const JITTER = 0.1;

/** Returns the lifetimes with the fresh time moved by up to 10 %, so that entries stored together do not expire together. */
export function jittered({ freshMs, swrMs, expiryMs }: Lifetimes, random: number): Lifetimes {
  const moved = Math.max(1, Math.round(freshMs * (1 + JITTER * (2 * random - 1))));
  const by = moved - freshMs;
  return { freshMs: moved, swrMs: swrMs + by, expiryMs: expiryMs + by };
}

/** Returns the lifetimes of an entry that is fresh for at most `ttlMs`. */
export function shortened({ freshMs, swrMs, expiryMs }: Lifetimes, ttlMs: number): Lifetimes {
  const by = Math.max(0, freshMs - ttlMs);
  return { freshMs: freshMs - by, swrMs: swrMs - by, expiryMs: expiryMs - by };
}

/**
 * Whether to refresh now, before the entry expires (XFetch, Vattani et al., "Optimal Probabilistic Cache Stampede Prevention",
 * VLDB 2015). The probability rises towards the end and with the duration of the load, so that one of many readers goes first.
 */
export function refreshesEarly(loadMs: number, freshForMs: number, random: number): boolean {
  return -loadMs * Math.log(random) >= freshForMs;
}
