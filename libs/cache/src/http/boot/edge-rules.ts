import type { CachedHandler } from './route-handler.js';

/** Returns why a CDN cannot keep the answers of a handler; empty if it can, or is not meant to. */
export function edgeProblemsOf({ route }: CachedHandler): string[] {
  if (route.edgeSeconds === undefined || route.definition.sources.length > 0) return [];
  return [
    `has edgeMaxAge, but the cache "${route.definition.name}" has no table, so no change of the database purges the CDN: add the option "from" to defineCache`,
  ];
}

/** Returns the warning about guards that a CDN does not run; empty if there are none. */
export function edgeWarningsOf({ route, guards }: CachedHandler): string[] {
  if (route.edgeSeconds === undefined || guards.length === 0) return [];
  return [
    'has edgeMaxAge and a guard, which does not run for an answer of the CDN. Remove edgeMaxAge if the guard decides who may read',
  ];
}
