import { CacheError } from './core/errors.js';
import { type Duration, durationMs } from './core/policy/duration.js';
import type { MemoryBounds } from './core/store/store.js';
import { isClientError } from './core/policy/client-error.js';

/** Options of the caches of one application. */
export interface CacheModuleOptions {
  /**
   * The first part of every name in Redis: applications that share a server and a namespace share their entries.
   * @default 'nuthatch'
   */
  readonly namespace?: string;

  /**
   * The most that this process holds in memory for all of its caches, in bytes. Without Redis it is twice that: the store that stands
   * in for Redis may hold as much again.
   * @default 67_108_864
   */
  readonly maxBytes?: number;

  /**
   * The most entries that this process holds in memory.
   * @default 100_000
   */
  readonly maxEntries?: number;

  /**
   * How long this process may believe what it holds while it cannot prove that it hears of every write.
   * @default '1s'
   */
  readonly maxStaleness?: Duration;

  /**
   * How many loads may ask the origin at once; ten times as many wait, and more are refused.
   * @default 100
   */
  readonly maxLoads?: number;

  /**
   * The largest value that is stored, in bytes of its stored form, with what stands beside it: all that a `Map` or a `Set` holds. A
   * larger one is handed out and counted.
   * @default 1_048_576
   */
  readonly maxPayloadBytes?: number;

  /**
   * Whether a write that threw this has certainly changed nothing: its readers need not wait until it is. What is uncertain, such
   * as a connection that was lost during the commit, is not; neither is what this throws at.
   * @default errors with a `status` from 400 to 499
   */
  readonly rolledBack?: (error: unknown) => boolean;

  /**
   * Whether a cache is reported whose loader answers by who asks, while its key does not say who that is. For development: it costs
   * time, and tells requests apart that pass `HttpCacheInterceptor` only.
   * @default false
   */
  readonly reportSharedPrincipals?: boolean;
}

export interface CheckedOptions extends MemoryBounds {
  readonly namespace: string;
  readonly maxStalenessMs: number;
  readonly maxLoads: number;
  readonly maxPayloadBytes: number;
  readonly rolledBack: (error: unknown) => boolean;
  readonly reportSharedPrincipals: boolean;
}

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The options with their defaults. @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem. */
export function checkOptions(options: CacheModuleOptions): CheckedOptions {
  const { namespace = 'nuthatch', maxBytes = 64 * 1024 * 1024, maxEntries = 100_000, maxStaleness = '1s' } = options;
  const {
    maxLoads = 100,
    maxPayloadBytes = 1024 * 1024,
    rolledBack = isClientError,
    reportSharedPrincipals = false,
  } = options;
  const problems: string[] = [];
  if (!NAMESPACE.test(namespace)) {
    problems.push(`namespace "${namespace}": write 1 to 64 letters, digits, dots, dashes or underscores`);
  }
  for (const [name, value] of Object.entries({ maxBytes, maxEntries, maxLoads, maxPayloadBytes })) {
    if (!Number.isSafeInteger(value) || value < 1) problems.push(`${name} ${value}: write a whole number from 1`);
  }
  const maxStalenessMs = durationMs(maxStaleness);
  if (maxStalenessMs === undefined)
    problems.push(`maxStaleness "${maxStaleness}": write a positive duration such as '1s'`);
  if (maxStalenessMs === undefined || problems.length > 0) {
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      `The options of CacheModule are not valid:\n- ${problems.join('\n- ')}`,
    );
  }
  return {
    namespace,
    maxBytes,
    maxEntries,
    maxStalenessMs,
    maxLoads,
    maxPayloadBytes,
    rolledBack,
    reportSharedPrincipals,
  };
}
