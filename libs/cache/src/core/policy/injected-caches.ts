import type { CacheDefinition } from './define-cache.js';

type AnyDefinition = CacheDefinition<unknown, unknown>;

/** Of all applications of this process, because a decorator does not know its application. */
const injected = new Set<AnyDefinition>();

/** Notes that a decorator injects the cache of a definition, so that a forgotten registration can be reported. */
export function noteInjected(definition: AnyDefinition): void {
  injected.add(definition);
}

/** Returns the definitions whose caches decorators inject, in this process and until now. */
export function injectedCaches(): readonly AnyDefinition[] {
  return [...injected];
}
