import type { IncomingMessage, ServerResponse } from 'node:http';
import { cacheOutcomeOf } from '@nuthatch/cache';
import type { LevelWithSilent } from 'pino';
import { requestPath } from './request-path.js';

/** What is logged of one request, besides its id. Never a header, a body or the query: they hold what people typed. */
export interface RequestLine {
  readonly method: string | undefined;
  readonly path: string;
  readonly status: number;
  /** From the request's arrival to the end of the answer, in milliseconds. */
  readonly durationMs: number;
  /** The client hung up before the answer was complete; `status` is what it would have been. */
  readonly aborted?: true;
  /** How the cache answered; absent where the route is not cached. */
  readonly cache?: { readonly name: string; readonly result: string; readonly tier?: string; readonly ageMs?: number };
  readonly err?: Error;
}

/** Past this a path is somebody's attack, not an address. */
const PATH_LENGTH = 200;
const PROBE = /^\/health(\/|$)/;

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

/** Our faults are errors; what clients do wrong is traffic. Probes come every few seconds, and their answers tell enough. */
export function requestLevel(request: IncomingMessage, response: ServerResponse, error?: Error): LevelWithSilent {
  if (PROBE.test(pathOf(request))) return 'debug';
  return error || response.statusCode >= 500 ? 'error' : 'info';
}

/** Middleware may have shortened `url`; `originalUrl` is what the client sent. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return requestPath(request.originalUrl ?? request.url ?? '/').slice(0, PATH_LENGTH);
}
