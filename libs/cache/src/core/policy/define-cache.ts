import { CacheError } from '../errors.js';
import type { Codec } from '../codec/codec.js';
import { type CacheSource, sourceProblems } from './cache-source.js';
import { type Duration, durationMs } from './duration.js';
import type { Lifetimes } from './lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import { anyString, type KeySchema } from './key-schema.js';
import { schemaFingerprint } from './schema-fingerprint.js';
import type { ValueSchema } from './value-schema.js';

/** Configures one cache: its keys, and how long its entries live. */
export interface CachePolicy<K, V> {
  /**
   * Increase it when the shape of the value changes and no schema in `value` shows that: entries of older versions are replaced, and
   * older releases leave the entries of newer versions alone. A whole number from 1.
   * @default 1
   */
  readonly version?: number;
  /**
   * Types the key and makes it canonical. A key that it rejects bypasses the cache. Required unless the key is a string.
   * @default any string
   */
  readonly key?: KeySchema<K>;
  /** How long an entry is fresh, from the start of its load. Varies by up to 10 %, so that entries do not expire together. */
  readonly ttl: Duration;
  /** How long after `ttl` an entry is served while it is refreshed (RFC 5861 §3). Never after an invalidation. @default none */
  readonly staleWhileRevalidate?: Duration;
  /** How long after `ttl` an entry is served if the origin fails (RFC 5861 §4). Never after an invalidation. @default none */
  readonly staleIfError?: Duration;
  /** How long the absence of a value is cached: the loader returned `undefined`. @default not cached */
  readonly negativeTtl?: Duration;
  /**
   * How long a load may run. A load that does not settle in time is given up: its readers get `CACHE_LOAD_TIMEOUT`, or a stale value
   * where `staleIfError` allows it, and its result is dropped.
   * @default '30s'
   */
  readonly loadTimeout?: Duration;
  /** How long loads are blocked after the origin failed, if no stale value can be served. @default not blocked */
  readonly errorBackOff?: Duration;
  /**
   * Checks each value before it is stored, and again when it is read from Redis. Redis is then trusted for the data of a value and no
   * longer for its shape: a stored value that the schema rejects is a miss, which counts as `unreadable`. A loaded one is returned and
   * not stored. An entry that was stored under another schema is a miss too, if the schema has a form in JSON Schema, as zod's have.
   * @default not checked
   */
  readonly value?: ValueSchema<V>;
  /** How its values are stored. A cache behind `@CacheResponse` must use JSON. @default JSON with type hints */
  readonly codec?: Codec;
  /** Whether a write is rejected before it starts, and an invalidation rejects, when the store is unavailable. @default false */
  readonly strict?: boolean;
  /**
   * Returns the opaque part of a strong entity tag, without quotes (RFC 9110 §8.8.3): no space, no quote. If it throws or returns
   * anything else, the response gets the default tag, and the log warns once.
   * @default a weak tag, computed from the JSON text
   */
  etag?(value: V): string;
  /** Returns when the value was last changed (RFC 9110 §8.8.2). @default not sent */
  lastModified?(value: V): Date | string;
  /** Returns the tags that invalidate the entry besides its key. A function of the key only; at most 14 tags. */
  tags?(key: K): readonly string[];
  /**
   * The tables that its entries are made of. With the outbox, each change of a row invalidates what it names here, whatever program
   * changes it.
   * @default none: only writes through the cache invalidate
   */
  readonly from?: CacheSource | readonly CacheSource[];
}

/** A validated policy. Create one with {@link defineCache}. */
export interface CacheDefinition<K, V> extends CachePolicy<K, V> {
  readonly name: string;
  readonly version: number;
  readonly key: KeySchema<K>;
  readonly lifetimes: Lifetimes;
  readonly negative: Lifetimes | undefined;
  readonly errorBackOffMs: number | undefined;
  readonly loadTimeoutMs: number;
  /** The fingerprint of the schema in `value`. `undefined` without one. */
  readonly fingerprint: string | undefined;
  /** The tables of `from`. */
  readonly sources: readonly CacheSource[];
  /** The injection token of the cache in Nest. */
  readonly token: symbol;
}

/** A policy whose keys need a schema, because they are not any string. */
type KeyedPolicy<K, V> = CachePolicy<K, V> & { readonly key: KeySchema<K> };

type DurationOption = 'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'negativeTtl' | 'loadTimeout' | 'errorBackOff';

const CODEC_NAME = /^(?!none$|json$)[a-z]{1,16}$/;
const LOAD_TIMEOUT_MS = 30_000;
const NAME = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;

/**
 * Declares a cache of values of type `V`. Nothing runs until a module registers it.
 *
 * `name` is unique in the application, and appears in `/health`, in logs and in Redis: letters, digits, dots and dashes.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem and its fix.
 * @example
 * const userById = defineCache<User>('users.byId', { ttl: '30s' });
 */
export function defineCache<V>(name: string, policy: CachePolicy<string, V>): CacheDefinition<string, V>;
/**
 * Declares a cache of values of type `V` under keys of type `K`, which `policy.key` validates.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem and its fix.
 * @example
 * const usersPage = defineCache<Page, PageQuery>('users.page', { key: pageQuery, ttl: '10s' });
 */
export function defineCache<V, K>(name: string, policy: KeyedPolicy<K, V>): CacheDefinition<K, V>;
export function defineCache<V>(
  name: string,
  { version = 1, key = anyString, ...policy }: CachePolicy<unknown, V>,
): CacheDefinition<unknown, V> {
  const problems: string[] = [];
  const ms = (option: DurationOption): number => {
    const duration = policy[option];
    // The compiler requires a `ttl`, and code without types may lack it: nothing would ever be fresh.
    if (duration === undefined && option !== 'ttl') return 0;
    const parsed = duration === undefined ? undefined : durationMs(duration);
    if (parsed === undefined) problems.push(`${option} "${duration}": write a positive duration such as '30s' or '5m'`);
    return parsed ?? 0;
  };
  if (!NAME.test(name)) problems.push(`name "${name}": write 1 to 64 letters, digits, dots or dashes`);
  if (!Number.isSafeInteger(version) || version < 1) problems.push(`version ${version}: write a whole number from 1`);
  if (policy.codec && policy.codec !== jsonCodec && !CODEC_NAME.test(policy.codec.name)) {
    problems.push(`codec "${policy.codec.name}": write 1 to 16 lower-case letters, other than "none" and "json"`);
  }
  const freshMs = ms('ttl');
  const swrMs = freshMs + ms('staleWhileRevalidate');
  const expiryMs = Math.max(swrMs, freshMs + ms('staleIfError'));
  const negativeMs = ms('negativeTtl');
  const errorBackOffMs = ms('errorBackOff');
  const loadTimeoutMs = ms('loadTimeout') || LOAD_TIMEOUT_MS;
  const sources = policy.from === undefined ? [] : [policy.from].flat();
  problems.push(...sourceProblems(sources));
  if (problems.length > 0) {
    throw new CacheError('CACHE_OPTIONS_INVALID', `Cache "${name}" is not valid:\n- ${problems.join('\n- ')}`);
  }
  return {
    ...policy,
    name,
    version,
    key,
    lifetimes: { freshMs, swrMs, expiryMs },
    negative: negativeMs > 0 ? { freshMs: negativeMs, swrMs: negativeMs, expiryMs: negativeMs } : undefined,
    errorBackOffMs: errorBackOffMs > 0 ? errorBackOffMs : undefined,
    loadTimeoutMs,
    fingerprint: policy.value && schemaFingerprint(policy.value),
    sources,
    token: Symbol(`Cache(${name})`),
  };
}
