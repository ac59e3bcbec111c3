import { CacheError } from '../errors.js';
import type { Codec } from '../codec/codec.js';
import { type Duration, durationMs } from './duration.js';
import type { Lifetimes } from './lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import type { KeySchema } from './key-schema.js';

/** The whole policy of one cache: what it is called, what its keys are, how long its entries live. */
export interface CachePolicy<K, V> {
  /** Unique in the application; also its name in `/health`, in logs and in Redis. Letters, digits, dots and dashes. */
  readonly name: string;
  /** Raise it when the shape of the value changes: entries of older versions are replaced. A whole number from 1. */
  readonly version: number;
  /** Types the key and makes it canonical. A key that fails skips the cache. */
  readonly key: KeySchema<K>;
  /** How long an entry is fresh, from the start of its load, give or take a tenth so that entries do not expire together. */
  readonly ttl: Duration;
  /** How long after that it is still served while it is loaded anew (RFC 5861 §3). Never after an invalidation. @default none */
  readonly staleWhileRevalidate?: Duration;
  /** How long after `ttl` it is served in place of an origin that failed (RFC 5861 §4). Never after an invalidation. @default none */
  readonly staleIfError?: Duration;
  /** How long it is remembered that there is no value: that the loader answered `undefined`. @default not remembered */
  readonly negativeTtl?: Duration;
  /** How long nobody asks the origin again after it failed, where nothing stale can be served. @default it is asked again */
  readonly errorBackOff?: Duration;
  /** How its values are stored. A cache behind `@CacheResponse` stores JSON. @default JSON, with what JSON loses restored */
  readonly codec?: Codec;
  /** Whether a write is refused before it starts, and an invalidation rejects, when the store is away. @default false */
  readonly strict?: boolean;
  /**
   * The opaque part of a strong entity tag, without quotes (RFC 9110 §8.8.3): no space, no quote. Where it throws or answers
   * anything else, the answer gets the tag that it has by default, and the log says so once.
   * @default a weak tag, made of the JSON text
   */
  etag?(value: V): string;
  /** When the value was last changed (RFC 9110 §8.8.2). @default not told */
  lastModified?(value: V): Date | string;
  /** What invalidates the entry besides its key. A function of the key only; at most 14. */
  tags?(key: K): readonly string[];
}

/** A policy that was checked. Make one with {@link defineCache}. */
export interface CacheDefinition<K, V> extends CachePolicy<K, V> {
  readonly lifetimes: Lifetimes;
  readonly negative: Lifetimes | undefined;
  readonly errorBackOffMs: number | undefined;
  /** Under which Nest injects the cache. */
  readonly token: symbol;
}

const CODEC_NAME = /^(?!none$|json$)[a-z]{1,16}$/;
const NAME = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;

/**
 * Declares a cache. Nothing runs until a module registers it with `CacheModule.forFeature`.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem and what to write instead.
 * @example
 * const userById = defineCache<string, User>({ name: 'users.byId', version: 1, key: z.uuid(), ttl: '30s' });
 */
export function defineCache<K, V>(policy: CachePolicy<K, V>): CacheDefinition<K, V> {
  const problems: string[] = [];
  const ms = (option: 'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'negativeTtl' | 'errorBackOff'): number => {
    const duration = policy[option];
    if (duration === undefined) return 0;
    const parsed = durationMs(duration);
    if (parsed === undefined) problems.push(`${option} "${duration}": write a positive duration such as '30s' or '5m'`);
    return parsed ?? 0;
  };
  if (!NAME.test(policy.name)) problems.push(`name "${policy.name}": write 1 to 64 letters, digits, dots or dashes`);
  if (!Number.isSafeInteger(policy.version) || policy.version < 1) {
    problems.push(`version ${policy.version}: write a whole number from 1`);
  }
  if (policy.codec && policy.codec !== jsonCodec && !CODEC_NAME.test(policy.codec.name)) {
    problems.push(`codec "${policy.codec.name}": write 1 to 16 lower-case letters, other than "none" and "json"`);
  }
  const freshMs = ms('ttl');
  const swrMs = freshMs + ms('staleWhileRevalidate');
  const expiryMs = Math.max(swrMs, freshMs + ms('staleIfError'));
  const negativeMs = ms('negativeTtl');
  const errorBackOffMs = ms('errorBackOff');
  if (problems.length > 0) {
    throw new CacheError('CACHE_OPTIONS_INVALID', `Cache "${policy.name}" is not valid:\n- ${problems.join('\n- ')}`);
  }
  return {
    ...policy,
    lifetimes: { freshMs, swrMs, expiryMs },
    negative: negativeMs > 0 ? { freshMs: negativeMs, swrMs: negativeMs, expiryMs: negativeMs } : undefined,
    errorBackOffMs: errorBackOffMs > 0 ? errorBackOffMs : undefined,
    token: Symbol(`Cache(${policy.name})`),
  };
}
