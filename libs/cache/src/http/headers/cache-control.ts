import { CacheError } from '../../core/errors.js';
import { type Duration, durationMs } from '../../core/policy/duration.js';

/** What clients, and caches on the way to them, may do with an answer: `Cache-Control` (RFC 9111 §5.2.2, RFC 5861). */
export interface ClientCaching {
  /** Who may keep it: the one client that asked, or everyone in between too. @default 'private' */
  readonly scope?: 'private' | 'public';
  /**
   * How long it may be used without asking here again, in whole seconds. No write reaches those who keep it, so they
   * show the old answer until then. @default not at all: `no-cache`
   */
  readonly maxAge?: Duration;
  /** How long after `maxAge` it may be used while it is asked for anew. @default none */
  readonly staleWhileRevalidate?: Duration;
  /** How long after `maxAge` it may be used when this server fails. @default none */
  readonly staleIfError?: Duration;
}

/** For what is its asker's only, or is vouched for by no cache: the client may keep it, and asks here before each use. */
export const ASK_EACH_TIME = 'private, no-cache';

/**
 * The value of `Cache-Control`.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem and what to write instead.
 */
export function cacheControl(options: ClientCaching): string {
  const problems: string[] = [];
  const seconds = (option: 'maxAge' | 'staleWhileRevalidate' | 'staleIfError', directive: string): string[] => {
    const duration = options[option];
    if (duration === undefined) return [];
    const ms = durationMs(duration);
    if (ms === undefined || ms % 1_000 !== 0)
      problems.push(`${option} "${duration}": write whole seconds, such as '30s'`);
    if (options.maxAge === undefined) problems.push(`${option}: it counts from the end of maxAge, so give that too`);
    return [`${directive}=${(ms ?? 0) / 1_000}`];
  };
  const directives = [
    options.scope ?? 'private',
    ...(options.maxAge === undefined ? ['no-cache'] : seconds('maxAge', 'max-age')),
    ...seconds('staleWhileRevalidate', 'stale-while-revalidate'),
    ...seconds('staleIfError', 'stale-if-error'),
  ];
  if (problems.length === 0) return directives.join(', ');
  throw new CacheError('CACHE_OPTIONS_INVALID', `Cache-Control is not valid:\n- ${problems.join('\n- ')}`);
}
