/** How long an entry lives, in milliseconds from the start of its load. */
export interface Lifetimes {
  /** Fresh until here. */
  readonly freshMs: number;
  /** From then on served while it is revalidated (RFC 5861 §3), until here. */
  readonly swrMs: number;
  /** From then on only in place of an error (RFC 5861 §4), until here, where it is gone. */
  readonly expiryMs: number;
}

/** The remaining TTLs, in milliseconds, at which a stored entry changes its freshness, and the TTL it is stored for. */
export interface Thresholds {
  readonly freshUntilMs: number;
  readonly swrUntilMs: number;
  readonly expiryMs: number;
}

export type Freshness = 'fresh' | 'stale' | 'stale-if-error';

/** The remaining TTLs at which an entry that is stored for `hardMs` changes its freshness. */
export function thresholds({ freshMs, swrMs, expiryMs }: Lifetimes): Thresholds {
  return { freshUntilMs: expiryMs - freshMs, swrUntilMs: expiryMs - swrMs, expiryMs };
}

/** How fresh a stored value is when so much of its TTL remains. */
export function freshness(value: Pick<Thresholds, 'freshUntilMs' | 'swrUntilMs'>, ttlMs: number): Freshness {
  if (ttlMs > value.freshUntilMs) return 'fresh';
  return ttlMs > value.swrUntilMs ? 'stale' : 'stale-if-error';
}

const JITTER = 0.1;

/** The lifetimes with the fresh time moved by up to a tenth either way, so that what was stored together does not expire together. */
export function jittered({ freshMs, swrMs, expiryMs }: Lifetimes, random: number): Lifetimes {
  const moved = Math.max(1, Math.round(freshMs * (1 + JITTER * (2 * random - 1))));
  const by = moved - freshMs;
  return { freshMs: moved, swrMs: swrMs + by, expiryMs: expiryMs + by };
}

/** The lifetimes of an entry that is to be fresh for `ttlMs` at most. */
export function shortened({ freshMs, swrMs, expiryMs }: Lifetimes, ttlMs: number): Lifetimes {
  const by = Math.max(0, freshMs - ttlMs);
  return { freshMs: freshMs - by, swrMs: swrMs - by, expiryMs: expiryMs - by };
}

/**
 * Whether to refresh now, before the entry expires (XFetch, Vattani et al., "Optimal Probabilistic Cache Stampede Prevention",
 * VLDB 2015): the likelier the nearer the end is and the longer the load took, so that one of many readers goes first.
 */
export function refreshesEarly(loadMs: number, freshForMs: number, random: number): boolean {
  return -loadMs * Math.log(random) >= freshForMs;
}
