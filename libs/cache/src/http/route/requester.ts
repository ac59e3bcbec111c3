import type { IncomingHttpHeaders } from 'node:http';

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
  return id === undefined ? (headers.authorization ?? headers.cookie ?? '') : `user ${id}`;
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
