import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { cacheOutcomeOf } from '@nuthatch/cache';
import type { LevelWithSilent } from 'pino';
import { startTime } from 'pino-http';
import { traceIdOf } from './trace-id.js';

/** Describes the logged part of a request, besides its id. Headers, body and query are omitted: they contain personal data. */
export interface RequestLine {
  readonly method: string | undefined;
  readonly path: string;
  /** 499 if the client disconnected before the response was complete, whatever its status would have been. */
  readonly status: number;
  /** From the arrival of the request to the end of the response, in milliseconds. */
  readonly durationMs: number;
  /** The client disconnected before the response was complete. */
  readonly aborted?: true;
  /** The client's address as the framework determines it: behind proxies that it trusts, from `X-Forwarded-For`. */
  readonly clientAddress?: string;
  /** The trace of the client. Absent without a valid `traceparent`. */
  readonly traceId?: string;
  /** The cache and its result. Absent on routes that are not cached. */
  readonly cache?: { readonly name: string; readonly result: string; readonly tier?: string; readonly ageMs?: number };
  readonly err?: Error;
}

/** Longer paths are cut. */
const PATH_LENGTH = 200;
/** The status of an aborted request in many access logs. It is registered nowhere and never sent. */
export const CLIENT_CLOSED_REQUEST = 499;
/** The origin that a client may send before the path (RFC 9112 §3.2.2). */
const ORIGIN = '^(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?]*)?';
const BEFORE_PATH = new RegExp(ORIGIN);
const PROBE = new RegExp(`${ORIGIN}/(?:health|metrics)(?:[/?]|$)`);

/** A request with the properties that Fastify (with middleware) and Express add. */
export type Received = IncomingMessage & {
  /** The target that the client sent. Middleware may have shortened `url`. */
  readonly originalUrl?: string;
  readonly ip?: string | undefined;
};

/**
 * Starts the `durationMs` of a request. Call it when the request arrives, if it may wait before the middleware of the logger runs.
 * Without a call, the middleware starts the time.
 */
export function startRequestTime(response: ServerResponse): void {
  response[startTime] = Date.now();
}

/** Returns the log line of a finished or aborted request. */
export function requestLine(request: Received, response: ServerResponse, durationMs: number): RequestLine {
  const cache = cacheOutcomeOf(request);
  const aborted = !response.writableFinished;
  const { traceparent } = request.headers;
  const traceId = traceparent === undefined ? undefined : traceIdOf(traceparent);
  return {
    method: request.method,
    path: requestPath(request.originalUrl ?? request.url ?? '/').slice(0, PATH_LENGTH),
    status: aborted ? CLIENT_CLOSED_REQUEST : response.statusCode,
    durationMs,
    ...(aborted && { aborted }),
    // A trusted proxy may forward any text.
    ...(request.ip !== undefined && isIP(request.ip) !== 0 && { clientAddress: request.ip }),
    ...(traceId !== undefined && { traceId }),
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

/** Returns `error` for our faults (5xx), `info` for other requests, client errors included, and `debug` for probes and scrapes. */
export function requestLevel(
  { originalUrl, url = '/' }: Received,
  response: ServerResponse,
  error?: Error,
): LevelWithSilent {
  if (PROBE.test(originalUrl ?? url)) return 'debug';
  return error || response.statusCode >= 500 ? 'error' : 'info';
}

/**
 * Returns the path of a request target (RFC 9112 §3.2) for a log. Removes the query, which may contain personal data, and the
 * origin that a client may send before the path, which may contain a password.
 *
 * @example
 * requestPath('http://ada:secret@localhost:3000/users?q=ada'); // '/users'
 */
export function requestPath(target: string): string {
  const [path = ''] = target.replace(BEFORE_PATH, '').split('?', 1);
  return path === '' ? '/' : path;
}
