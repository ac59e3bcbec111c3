import type { IncomingMessage, ServerResponse } from 'node:http';
import { cacheOutcomeOf } from '@nuthatch/cache';
import type { LevelWithSilent } from 'pino';

/** Describes the logged part of a request, besides its id. Headers, body and query are omitted: they contain personal data. */
export interface RequestLine {
  readonly method: string | undefined;
  readonly path: string;
  readonly status: number;
  /** From the arrival of the request to the end of the response, in milliseconds. */
  readonly durationMs: number;
  /** The client disconnected before the response was complete. `status` is the status that the response would have had. */
  readonly aborted?: true;
  /** The cache and its result. Absent on routes that are not cached. */
  readonly cache?: { readonly name: string; readonly result: string; readonly tier?: string; readonly ageMs?: number };
  readonly err?: Error;
}

/** Longer paths are cut. */
const PATH_LENGTH = 200;
const PROBE = /^\/health(\/|$)/;

/** Returns the log line of a finished or aborted request. */
export function requestLine(request: IncomingMessage, response: ServerResponse, durationMs: number): RequestLine {
  const cache = cacheOutcomeOf(request);
  return {
    method: request.method,
    path: pathOf(request),
    status: response.statusCode,
    durationMs,
    ...(!response.writableFinished && { aborted: true }),
    ...(cache && {
      cache: {
        name: cache.cache,
        result: cache.result,
        ...(cache.tier !== undefined && { tier: cache.tier }),
        ...(cache.ageMs !== undefined && { ageMs: cache.ageMs }),
      },
    }),
    ...(response.err && { err: response.err }),
  };
}

/** Returns `error` for our faults (5xx), `info` for other requests, client errors included, and `debug` for probes. */
export function requestLevel(request: IncomingMessage, response: ServerResponse, error?: Error): LevelWithSilent {
  if (PROBE.test(pathOf(request))) return 'debug';
  return error || response.statusCode >= 500 ? 'error' : 'info';
}

/** Reads `originalUrl`, which the client sent. Middleware may have shortened `url`. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return requestPath(request.originalUrl ?? request.url ?? '/').slice(0, PATH_LENGTH);
}

/**
 * Returns the path of a request target (RFC 9112 §3.2) for a log. Removes the query, which may contain personal data, and the
 * origin that a client may send before the path, which may contain a password.
 *
 * @example
 * requestPath('http://ada:secret@localhost:3000/users?q=ada'); // '/users'
 */
export function requestPath(target: string): string {
  const [path = ''] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1);
  return path === '' ? '/' : path;
}
