import type { CachedHandler } from './route-handler.js';
import { isAnsweredFromCache } from './route-rules.js';

/** Returns the warning about routes whose guards may identify the requester while their keys do not; empty if there are none. */
export function guardWarningsOf(handlers: readonly CachedHandler[]): string[] {
  const names = handlers
    .filter((handler) => isAnsweredFromCache(handler) && handler.guards.length > 0 && !handler.route.principal)
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `${names.join(', ')}: has a guard but no "principal", so a request with credentials is never answered from the cache. Add the option "principal" to @CacheResponse, or @NoCache() if that is intended. Ignore this if no client sends credentials.`,
  ];
}
