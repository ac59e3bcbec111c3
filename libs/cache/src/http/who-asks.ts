import type { Asker } from './cached-route.js';

/** What tells askers apart: the user that a guard found, else the credentials that were sent, else nothing. */
export function whoAsks({ user, headers }: Asker): string {
  const id = idOf(user);
  return id === undefined ? (headers.authorization ?? headers.cookie ?? '') : `user ${id}`;
}

/** Tokens are renewed, and users carry what changes: an id stays, where there is one. */
function idOf(user: unknown): string | undefined {
  if (typeof user === 'string') return user;
  if (typeof user !== 'object' || user === null) return undefined;
  const id: unknown = Reflect.get(user, 'id') ?? Reflect.get(user, 'sub');
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
