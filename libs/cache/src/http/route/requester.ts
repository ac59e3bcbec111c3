import type { IncomingHttpHeaders } from 'node:http';
import { identifyingCookies } from '../headers/consistency-token.js';

/** The parts of a request that identify its requester. Guards have run, and may have set `user`. */
export interface Requester {
  readonly headers: IncomingHttpHeaders;
  readonly user?: unknown;
  /** Node's request, on Fastify: a middleware of Nest sets its `user`. */
  readonly raw?: { readonly user?: unknown };
}

/** Returns a text that differs between requesters: the id of the user, else the credentials, else an empty text. */
export function requesterOf(requester: Requester): string {
  const { headers } = requester;
  const id = idOf(userOf(requester));
  return id === undefined ? (headers.authorization ?? identifyingCookies(headers.cookie ?? '')) : `user ${id}`;
}

/** Whether the request has credentials: a header or a cookie, but for the one that carries the token of the client's writes. */
export function hasCredentials({ headers: { authorization, cookie } }: Requester): boolean {
  return authorization !== undefined || (cookie !== undefined && identifyingCookies(cookie) !== '');
}

/** Returns the user that a guard set, else the one that a middleware set. */
export function userOf({ user, raw }: Requester): unknown {
  return user ?? raw?.user;
}

/** Returns the id of a user. Tokens are renewed and other members of a user change, so only the id identifies the user. */
function idOf(user: unknown): string | undefined {
  if (typeof user === 'string') return user;
  if (typeof user !== 'object' || user === null) return undefined;
  const id: unknown = Reflect.get(user, 'id') ?? Reflect.get(user, 'sub');
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
