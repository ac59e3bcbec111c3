import type { IncomingHttpHeaders } from 'node:http';
import { CacheSession } from '../../core/context/cache-session.js';

/** The header, and the cookie, that carry the token of a client's writes. Node has the names of headers in lower case. */
export const CONSISTENCY_TOKEN = 'consistency-token';

/** Directives of a request that ask for a validated response, as the reload of a browser does (RFC 9111 §5.2.1.1, §5.2.1.4). */
const VALIDATED = /(?:^|,)\s*(?:no-cache|max-age=0+)\s*(?:,|$)/i;
const COOKIE = /(?:^|;\s*)consistency-token=([^;]*)(?:;\s*|$)/;

/**
 * Returns the session in which the reads of a request run; `undefined` for most requests, whose reads may use L1. A request for a
 * validated response reads strongly. That is one round trip to Redis and no load of the origin, so it is no way to overload it.
 */
export function sessionOf(headers: IncomingHttpHeaders): CacheSession | undefined {
  const directives = headers['cache-control'];
  if (directives !== undefined && VALIDATED.test(directives)) return CacheSession.strong();
  const token = tokenIn(headers);
  return token === undefined ? undefined : new CacheSession(token);
}

/** Returns the token that a request carries. */
export function tokenIn({ [CONSISTENCY_TOKEN]: token, cookie }: IncomingHttpHeaders): string | undefined {
  if (token !== undefined) return String(token);
  return cookie === undefined ? undefined : COOKIE.exec(cookie)?.[1];
}

/** Returns the cookies of a request that may identify its requester; an empty text for none. */
export function identifyingCookies(cookies: string): string {
  return cookies.replace(COOKIE, '');
}

/** The cookie that carries the token of a write back to the instances, for clients that cannot set a header. */
export class ConsistencyCookie {
  /** @param seconds how long it lives; `undefined` to send none */
  constructor(private readonly seconds: number | undefined) {}

  /** Returns the value of `Set-Cookie`. It holds no secret: digests of what its own client has written. */
  of(token: string): string | undefined {
    return this.seconds === undefined
      ? undefined
      : `${CONSISTENCY_TOKEN}=${token}; Max-Age=${this.seconds}; Path=/; HttpOnly; SameSite=Lax`;
  }
}
