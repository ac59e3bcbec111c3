import { CacheError } from './cache-error.js';
import { type Duration, durationMs } from './duration.js';
import type { KeySchema } from './key.js';

/** The whole policy of one cache: what it is called, what its keys are, how long its entries live. */
export interface CachePolicy<K, V> {
  /** Unique in the application; also the label in metrics and logs. Letters, digits, dots and dashes. */
  readonly name: string;
  /** Raise it when the shape of the value changes: entries of other versions are misses. */
  readonly version: number;
  /** Types the key and makes it canonical. A key that fails skips the cache. */
  readonly key: KeySchema<K>;
  /** How long an entry may be served. It counts from the start of the load. */
  readonly ttl: Duration;
  /** The opaque part of a strong entity tag, without quotes (RFC 9110 §8.8.3). */
  etag?(value: V): string;
  /** What invalidates the entry besides its key. A function of the key only; at most 16. */
  tags?(key: K): readonly string[];
}

/** A policy that was checked. Make one with {@link defineCache}. */
export interface CacheDefinition<K, V> extends CachePolicy<K, V> {
  readonly ttlMs: number;
  /** Under which Nest injects the cache. */
  readonly token: symbol;
}

const NAME = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;

/**
 * Declares a cache. Nothing runs until a module registers it with `CacheModule.forFeature`.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem and what to write instead.
 * @example
 * const userById = defineCache<string, User>({ name: 'users.byId', version: 1, key: z.uuid(), ttl: '30s' });
 */
export function defineCache<K, V>(policy: CachePolicy<K, V>): CacheDefinition<K, V> {
  const ttlMs = durationMs(policy.ttl);
  const problems: string[] = [];
  if (!NAME.test(policy.name)) problems.push(`name "${policy.name}": write 1 to 64 letters, digits, dots or dashes`);
  if (!Number.isSafeInteger(policy.version) || policy.version < 1) {
    problems.push(`version ${policy.version}: write a whole number from 1`);
  }
  if (ttlMs === undefined) problems.push(`ttl "${policy.ttl}": write a positive duration such as '30s' or '5m'`);
  if (ttlMs === undefined || problems.length > 0) {
    throw new CacheError('CACHE_OPTIONS_INVALID', `Cache "${policy.name}" is not valid:\n- ${problems.join('\n- ')}`);
  }
  return { ...policy, ttlMs, token: Symbol(`Cache(${policy.name})`) };
}
