/** How long an entry lives, in milliseconds from the start of its load. */
export interface Lifetimes {
  /** Fresh until here. */
  readonly freshMs: number;
  /** From then on served while it is revalidated (RFC 5861 §3), until here. */
  readonly staleMs: number;
  /** From then on only in place of an error (RFC 5861 §4), until here, where it is gone. */
  readonly hardMs: number;
}

/** The remaining TTLs, in milliseconds, at which a stored entry changes its freshness, and the TTL it is stored for. */
export interface Thresholds {
  readonly softMs: number;
  readonly staleMs: number;
  readonly hardMs: number;
}

export type Freshness = 'fresh' | 'stale' | 'spare';

/** The remaining TTLs at which an entry that is stored for `hardMs` changes its freshness. */
export function thresholds({ freshMs, staleMs, hardMs }: Lifetimes): Thresholds {
  return { softMs: hardMs - freshMs, staleMs: hardMs - staleMs, hardMs };
}

/** How fresh a stored value is when so much of its TTL remains. */
export function freshness(value: Pick<Thresholds, 'softMs' | 'staleMs'>, ttlMs: number): Freshness {
  if (ttlMs > value.softMs) return 'fresh';
  return ttlMs > value.staleMs ? 'stale' : 'spare';
}

const JITTER = 0.1;

/** The lifetimes with the fresh time moved by up to a tenth either way, so that what was stored together does not expire together. */
export function jittered({ freshMs, staleMs, hardMs }: Lifetimes, random: number): Lifetimes {
  const moved = Math.max(1, Math.round(freshMs * (1 + JITTER * (2 * random - 1))));
  const by = moved - freshMs;
  return { freshMs: moved, staleMs: staleMs + by, hardMs: hardMs + by };
}

/** The lifetimes of an entry that is to be fresh for `ttlMs` at most. */
export function shortened({ freshMs, staleMs, hardMs }: Lifetimes, ttlMs: number): Lifetimes {
  const by = Math.max(0, freshMs - ttlMs);
  return { freshMs: freshMs - by, staleMs: staleMs - by, hardMs: hardMs - by };
}

/**
 * Whether to refresh now, before the entry expires (XFetch, Vattani et al., "Optimal Probabilistic Cache Stampede Prevention",
 * VLDB 2015): the likelier the nearer the end is and the longer the load took, so that one of many readers goes first.
 */
export function refreshesEarly(loadMs: number, freshForMs: number, random: number): boolean {
  return -loadMs * Math.log(random) >= freshForMs;
}
