import type { RedisOptions } from '@nuthatch/redis';
import { CacheError } from './core/errors.js';
import { type Duration, durationMs } from './core/policy/duration.js';
import type { CacheDefinition } from './core/policy/define-cache.js';
import type { MemoryBounds } from './core/store/store.js';
import { isClientError } from './core/policy/client-error.js';

/** Options of the caches of one application. */
export interface CacheModuleOptions {
  /**
   * The URL of Redis, `redis://` or, over TLS, `rediss://`, or the options of the connection. The module opens the connection at
   * boot, injects it as `REDIS_CONNECTION`, and closes it after the last request was answered. Without it, entries live in this
   * process only, and no other instance receives its invalidations.
   * @default null
   */
  readonly redis?: string | RedisOptions | null;

  /**
   * Caches that every module may inject. `CacheModule.forFeature` registers those of one module.
   * @default none
   */
  readonly caches?: readonly CacheDefinition<unknown, unknown>[];

  /**
   * The first part of every name in Redis. Applications with the same server and namespace share their entries.
   * @default 'nuthatch'
   */
  readonly namespace?: string;

  /**
   * The most memory that this process uses for all caches together, in bytes of heap: for entries, for tag versions, and without
   * Redis for the store that replaces it.
   * @default 67_108_864
   */
  readonly maxBytes?: number;

  /**
   * The most entries that this process holds in memory.
   * @default 100_000
   */
  readonly maxEntries?: number;

  /**
   * How long in-memory entries may be served after the last verified contact with the invalidation channel.
   * @default '1s'
   */
  readonly maxStaleness?: Duration;

  /**
   * The time between two heartbeats on each connection to Redis. `maxStaleness` is at least four times as long.
   * @default '250ms'
   */
  readonly heartbeat?: Duration;

  /**
   * How many loads may run at once. A cache may run as many as permits are free: alone, half of them. Ten times as many per cache wait
   * for up to 5 s, and further ones are rejected.
   * @default 100
   */
  readonly maxLoads?: number;

  /**
   * The largest value that is stored, in bytes of its stored form, including the contents of a `Map` or a `Set`. A larger value is
   * returned and counted, but not stored.
   * @default 1_048_576
   */
  readonly maxPayloadBytes?: number;

  /**
   * Returns whether a write that threw this error has certainly changed nothing, so that its entries may be cached again at once.
   * Return `false` if the outcome is uncertain, such as after a connection lost during the commit. Throwing counts as `false`.
   * @default errors with a `status` from 400 to 499
   */
  readonly rolledBack?: (error: unknown) => boolean;

  /**
   * Whether to log a warning for a cache whose loader depends on the requester, while its key does not. For development only: it costs
   * time. It distinguishes only the requesters of routes that `HttpCacheInterceptor` covers.
   * @default false
   */
  readonly reportSharedPrincipals?: boolean;

  /**
   * Whether the answer to a write has its `Consistency-Token` as a cookie too, for browsers whose pages do not send the header. It
   * lives one second longer than `maxStaleness`.
   * @default false
   */
  readonly consistencyCookie?: boolean;

  /**
   * Returns the id of the request, or the name of the job, on whose behalf the present code runs. The journal of writes and
   * invalidations has it. It runs once per write.
   * @default none
   */
  readonly actor?: () => string | undefined;

  /**
   * The share of writes, from 0 to 1, that all instances compare with their answers after 10 ms, 100 ms, 1 s and 10 s. The result is in
   * `CacheRegistry.staleness` and in the metrics. It needs Redis, one more connection, and the channel `<namespace>:samples`. A hit
   * costs nothing.
   * @default 0
   */
  readonly stalenessSamples?: number;
}

export interface CheckedOptions extends MemoryBounds {
  readonly redis: RedisOptions | null;
  readonly namespace: string;
  readonly maxStalenessMs: number;
  readonly heartbeatMs: number;
  readonly maxLoads: number;
  readonly maxPayloadBytes: number;
  readonly rolledBack: (error: unknown) => boolean;
  readonly reportSharedPrincipals: boolean;
  readonly consistencyCookie: boolean;
  readonly actor: (() => string | undefined) | undefined;
  readonly stalenessSamples: number;
}

/** The heartbeats that may fail before L1 is no longer served. */
const HEARTBEATS = 4;

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Returns the options with their defaults. @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem. */
export function checkOptions(options: CacheModuleOptions): CheckedOptions {
  const { namespace = 'nuthatch', maxBytes = 64 * 1024 * 1024, maxEntries = 100_000, maxStaleness = '1s' } = options;
  const {
    heartbeat = '250ms',
    maxLoads = 100,
    maxPayloadBytes = 1024 * 1024,
    rolledBack = isClientError,
    reportSharedPrincipals = false,
    consistencyCookie = false,
    actor,
    stalenessSamples = 0,
  } = options;
  const problems: string[] = [];
  const redis = connectionOptions(options.redis ?? null);
  if (redis === undefined)
    problems.push("redis: write a URL that begins with redis:// or rediss://, such as 'redis://localhost:6379'");
  if (!NAMESPACE.test(namespace)) {
    problems.push(`namespace "${namespace}": write 1 to 64 letters, digits, dots, dashes or underscores`);
  }
  for (const [name, value] of Object.entries({ maxBytes, maxEntries, maxLoads, maxPayloadBytes })) {
    if (!Number.isSafeInteger(value) || value < 1) problems.push(`${name} ${value}: write a whole number from 1`);
  }
  if (!(stalenessSamples >= 0 && stalenessSamples <= 1))
    problems.push(`stalenessSamples ${stalenessSamples}: write a share from 0 to 1`);
  const maxStalenessMs = durationMs(maxStaleness);
  if (maxStalenessMs === undefined)
    problems.push(`maxStaleness "${maxStaleness}": write a positive duration such as '1s'`);
  const heartbeatMs = durationMs(heartbeat);
  if (heartbeatMs === undefined) problems.push(`heartbeat "${heartbeat}": write a positive duration such as '250ms'`);
  else if (maxStalenessMs !== undefined && maxStalenessMs < HEARTBEATS * heartbeatMs)
    problems.push(`maxStaleness "${maxStaleness}": write at least four times heartbeat, which is "${heartbeat}"`);
  if (redis === undefined || maxStalenessMs === undefined || heartbeatMs === undefined || problems.length > 0) {
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      `The options of CacheModule are not valid:\n- ${problems.join('\n- ')}`,
    );
  }
  return {
    redis,
    namespace,
    maxBytes,
    maxEntries,
    maxStalenessMs,
    heartbeatMs,
    maxLoads,
    maxPayloadBytes,
    rolledBack,
    reportSharedPrincipals,
    consistencyCookie,
    actor,
    stalenessSamples,
  };
}

/** Returns `undefined` for a URL that leads to no Redis. The URL is not part of the problem: it may have a password. */
function connectionOptions(redis: string | RedisOptions | null): RedisOptions | null | undefined {
  if (typeof redis !== 'string') return redis;
  const { protocol } = URL.parse(redis) ?? {};
  return protocol === 'redis:' || protocol === 'rediss:' ? { topology: { mode: 'single', url: redis } } : undefined;
}
