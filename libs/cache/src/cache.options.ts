import { CacheError } from './core/cache-error.js';
import type { MemoryBounds } from './core/ports.js';

/** Options of the caches of one application. */
export interface CacheModuleOptions {
  /**
   * The first part of every name in Redis: applications that share a server and a namespace share their entries.
   * @default 'nuthatch'
   */
  readonly namespace?: string;

  /**
   * The most that this process holds in memory for all of its caches, in bytes.
   * @default 67_108_864
   */
  readonly maxBytes?: number;

  /**
   * The most entries that this process holds in memory.
   * @default 100_000
   */
  readonly maxEntries?: number;
}

export interface CheckedOptions extends MemoryBounds {
  readonly namespace: string;
}

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The options with their defaults. @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem. */
export function checkOptions(options: CacheModuleOptions): CheckedOptions {
  const { namespace = 'nuthatch', maxBytes = 64 * 1024 * 1024, maxEntries = 100_000 } = options;
  const problems: string[] = [];
  if (!NAMESPACE.test(namespace)) {
    problems.push(`namespace "${namespace}": write 1 to 64 letters, digits, dots, dashes or underscores`);
  }
  for (const [name, value] of Object.entries({ maxBytes, maxEntries })) {
    if (!Number.isSafeInteger(value) || value < 1) problems.push(`${name} ${value}: write a whole number from 1`);
  }
  if (problems.length > 0) {
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      `The options of CacheModule are not valid:\n- ${problems.join('\n- ')}`,
    );
  }
  return { namespace, maxBytes, maxEntries };
}
