import type { CacheDefinition } from './define-cache.js';

type AnyDefinition = CacheDefinition<unknown, unknown>;

/** A definition, and the token with which decorators inject its cache. */
export interface CacheInjectionToken {
  readonly definition: AnyDefinition;
  readonly token: symbol;
}

/** Of all applications of this process, because a decorator does not know its application. */
const known = new Map<symbol, CacheInjectionToken>();

/**
 * Returns the token with which decorators inject the cache of a definition. It is not `definition.token`, which only the modules
 * that register the cache provide, so that a forgotten registration can be reported.
 */
export function injectionToken(definition: AnyDefinition): symbol {
  const token = known.get(definition.token)?.token ?? Symbol(`Cache(${definition.name})`);
  known.set(definition.token, { definition, token });
  return token;
}

/** Returns the tokens of this process until now. */
export function injectionTokens(): readonly CacheInjectionToken[] {
  return [...known.values()];
}
