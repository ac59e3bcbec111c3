import type { Requester } from './cached-route.js';

/** What tells askers apart: the user that a guard found, else the credentials that were sent, else nothing. */
export function requesterOf(requester: Requester): string {
  const { headers } = requester;
  const id = idOf(userOf(requester));
  return id === undefined ? (headers.authorization ?? headers.cookie ?? '') : `user ${id}`;
}

/** The user that a guard found, else the one that a middleware did. */
export function userOf({ user, raw }: Requester): unknown {
  return user ?? raw?.user;
}

/** Tokens are renewed, and users carry what changes: an id stays, where there is one. */
function idOf(user: unknown): string | undefined {
  if (typeof user === 'string') return user;
  if (typeof user !== 'object' || user === null) return undefined;
  const id: unknown = Reflect.get(user, 'id') ?? Reflect.get(user, 'sub');
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
