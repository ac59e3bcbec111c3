import { CacheError } from '../../core/errors.js';
import { type Duration, durationMs } from '../../core/policy/duration.js';

/** How clients and shared caches may use an answer: `Cache-Control` (RFC 9111 §5.2.2, RFC 5861). */
export interface ClientCaching {
  /** Which caches may store the answer: only the client's own, or shared caches too. @default 'private' */
  readonly scope?: 'private' | 'public';
  /**
   * How long an answer may be used without revalidation, in whole seconds. Invalidations do not reach clients, so they show the old
   * answer until then. @default none: `no-cache`
   */
  readonly maxAge?: Duration;
  /** How long after `maxAge` an answer may be used while it is revalidated in the background. @default none */
  readonly staleWhileRevalidate?: Duration;
  /** How long after `maxAge` an answer may be used when this server fails. @default none */
  readonly staleIfError?: Duration;
  /**
   * How long a CDN may use an answer, in whole seconds, while clients keep to the other options. It needs `EdgeModule`, which purges the
   * CDN, and the `scope` 'public'. Without the module, no answer has it.
   * @default none: the CDN keeps to the other options, too
   */
  readonly edgeMaxAge?: Duration;
}

/** `Cache-Control` of an answer for one requester, or from no cache: the client may store it and must revalidate it before each use. */
export const PRIVATE_NO_CACHE = 'private, no-cache';

/**
 * Returns the value of `Cache-Control`.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem and its fix.
 */
export function cacheControl(options: ClientCaching): string {
  const problems = edgeProblemsOf(options);
  const seconds = (option: 'maxAge' | 'staleWhileRevalidate' | 'staleIfError', directive: string): string[] => {
    const duration = options[option];
    if (duration === undefined) return [];
    const ms = durationMs(duration);
    if (ms === undefined || ms % 1_000 !== 0)
      problems.push(`${option} "${duration}": write whole seconds, such as '30s'`);
    if (options.maxAge === undefined) problems.push(`${option} starts at the end of maxAge: set maxAge too`);
    return [`${directive}=${(ms ?? 0) / 1_000}`];
  };
  const directives = [
    options.scope ?? 'private',
    ...(options.maxAge === undefined ? ['no-cache'] : seconds('maxAge', 'max-age')),
    ...seconds('staleWhileRevalidate', 'stale-while-revalidate'),
    ...seconds('staleIfError', 'stale-if-error'),
  ];
  if (problems.length === 0) return directives.join(', ');
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    `The option "cacheControl" of @CacheResponse is not valid:\n- ${problems.join('\n- ')}`,
  );
}

/** Returns the seconds of `edgeMaxAge`, which {@link cacheControl} has checked; `undefined` without it. */
export function edgeSeconds({ edgeMaxAge }: ClientCaching): number | undefined {
  return edgeMaxAge === undefined ? undefined : (durationMs(edgeMaxAge) ?? 0) / 1_000;
}

function edgeProblemsOf({ edgeMaxAge, scope }: ClientCaching): string[] {
  if (edgeMaxAge === undefined) return [];
  const problems: string[] = [];
  const ms = durationMs(edgeMaxAge);
  if (ms === undefined || ms % 1_000 !== 0)
    problems.push(`edgeMaxAge "${edgeMaxAge}": write whole seconds, such as '1h'`);
  // Fastly passes answers with `private` on without storing them, whatever `Surrogate-Control` says.
  if (scope !== 'public') problems.push("edgeMaxAge is for shared caches: set scope to 'public' too");
  return problems;
}
