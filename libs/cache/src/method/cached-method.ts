import { Inject } from '@nestjs/common';
import type { Cache } from '../core/cache.js';
import type { CacheDefinition } from '../core/policy/define-cache.js';
import { injectionToken } from '../core/policy/injection-token.js';
import { CacheError } from '../core/errors.js';
import { CacheRegistry } from '../core/cache-registry.js';

/** A method that returns a promise, as every read from a cache does. */
export type AsyncMethod<Args extends unknown[], R> = (...args: Args) => Promise<R>;

const REGISTRY = Symbol('CacheRegistry');

interface WithCaches {
  readonly [token: symbol]: Cache<unknown, unknown> | undefined;
}

interface WithRegistry {
  readonly [REGISTRY]?: CacheRegistry;
}

/** The properties that Nest injects into an instance of any scope: each cache under the token of its definition, and the registry. */
export type Injected = WithCaches & WithRegistry;

/** Runs instead of a method. */
export type Around<Args extends unknown[], R> = (self: Injected, args: Args, method: () => Promise<R>) => Promise<R>;

/** Replaces a method with `around`. Keeps the name, the length and the metadata of the method. */
export function wrapMethod<Args extends unknown[], R>(
  descriptor: TypedPropertyDescriptor<AsyncMethod<Args, R>>,
  around: Around<Args, R>,
): AsyncMethod<Args, R> {
  const method = descriptor.value;
  if (!method)
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      'Only methods can be cached. Move the decorator from the accessor to a method.',
    );
  const wrapped = async function (this: Injected | undefined, ...args: Args): Promise<R> {
    // A call without an instance has no injected caches.
    return around(this ?? {}, args, () => method.apply(this, args));
  };
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(method));
  const metadata: unknown[] = Reflect.getOwnMetadataKeys(method);
  for (const key of metadata) Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapped);
  descriptor.value = wrapped;
  return wrapped;
}

/** Makes Nest inject the cache into every instance of the class of `prototype`. */
export function injectCache(prototype: object, definition: CacheDefinition<unknown, unknown>): void {
  inject(prototype, injectionToken(definition), definition.token);
}

/** Makes Nest inject the registry, for writes to several caches. */
export function injectRegistry(prototype: object): void {
  inject(prototype, CacheRegistry, REGISTRY);
}

/** Returns the injected cache. @throws {CacheError} `CACHE_NOT_REGISTERED` when Nest did not create the instance. */
export function injectedCache(
  self: Injected,
  { token, name }: CacheDefinition<unknown, unknown>,
): Cache<unknown, unknown> {
  return self[token] ?? missing(self, `the cache "${name}"`);
}

/** Returns the injected registry. @throws {CacheError} `CACHE_NOT_REGISTERED` when Nest did not create the instance. */
export function injectedRegistry(self: Injected): CacheRegistry {
  return self[REGISTRY] ?? missing(self, 'the CacheRegistry');
}

function inject(prototype: object, token: symbol | typeof CacheRegistry, property: symbol): void {
  if (typeof prototype === 'function') {
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      'Static methods cannot be cached, because Nest injects nothing into a class. Decorate an instance method.',
    );
  }
  Inject(token)(prototype, property);
}

function missing(self: object, what: string): never {
  throw new CacheError(
    'CACHE_NOT_REGISTERED',
    `Nest did not inject ${what} into this ${self.constructor.name}. List the class in the providers of a module that imports ` +
      'CacheModule.forFeature(…) with the definition, instead of calling its constructor, and call the method on that instance.',
  );
}
