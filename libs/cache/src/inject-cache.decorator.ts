import { Inject } from '@nestjs/common';
import type { Cache } from './core/cache.js';
import type { CacheDefinition } from './core/policy/define-cache.js';
import { injectionToken } from './core/policy/injection-token.js';
import type { TypeEquals } from './core/policy/type-equals.js';

type Constructor = abstract new (...args: never[]) => unknown;

/** Resolves to `Accepted` if `Given` is the injected cache, optional or not; else to a type that nothing can have. */
type Into<Given, K, V, Accepted> = true extends
  TypeEquals<Given, Cache<K, V>> | TypeEquals<Given, Cache<K, V> | undefined>
  ? Accepted
  : { readonly 'inject it into a': Cache<K, V> };

/** Decorates a constructor parameter or a property that is exactly a `Cache<K, V>`, optional or not. */
export interface CacheInjection<K, V> {
  <Class extends Constructor, const Index extends number>(
    constructor: Class,
    key: undefined,
    index: Index & Into<ConstructorParameters<Class>[Index], K, V, unknown>,
  ): void;
  <Instance extends object, const Property extends string | symbol>(
    prototype: Instance,
    property: Property & (Property extends keyof Instance ? Into<Instance[Property], K, V, unknown> : unknown),
  ): void;
}

/**
 * The type of the cache of a definition, for a parameter or property that {@link InjectCache} decorates.
 *
 * @example
 * constructor(@InjectCache(userById) private readonly cache: CacheOf<typeof userById>) {}
 */
export type CacheOf<Definition> = Definition extends CacheDefinition<infer K, infer V> ? Cache<K, V> : never;

/**
 * Injects the cache of a definition that a module registered: `CacheModule.forRoot({ caches })`, or `CacheModule.forFeature`. A
 * constructor parameter or a public property that is not exactly a `Cache` of the definition's key and value does not compile.
 *
 * @throws {CacheError} `CACHE_NOT_REGISTERED` at boot, when no module registered the cache.
 *
 * The trap: a decorator cannot see the type of a private or protected property, so that type is not checked.
 *
 * @example
 * constructor(@InjectCache(userById) private readonly cache: CacheOf<typeof userById>) {}
 */
export function InjectCache<K, V>(definition: CacheDefinition<K, V>): CacheInjection<K, V> {
  return Inject(injectionToken(definition));
}
