import { Inject } from '@nestjs/common';
import type { Cache } from '../core/cache.js';
import type { CacheDefinition } from '../core/policy/define-cache.js';
import { CacheError } from '../core/errors.js';
import { CacheRegistry } from '../core/cache-registry.js';

/** A method that answers a promise, as everything behind a cache does. */
export type AsyncMethod<Args extends unknown[], R> = (...args: Args) => Promise<R>;

const REGISTRY = Symbol('CacheRegistry');

interface WithCaches {
  readonly [token: symbol]: Cache<unknown, unknown> | undefined;
}

interface WithRegistry {
  readonly [REGISTRY]?: CacheRegistry;
}

/** What Nest puts into each instance, whatever its scope: each cache under the token of its definition, and the registry. */
export type Injected = WithCaches & WithRegistry;

/** What runs in place of a method. */
export type Around<Args extends unknown[], R> = (self: Injected, args: Args, method: () => Promise<R>) => Promise<R>;

/** Puts `around` in the place of a method. What others said of it stays: its name, its length, its metadata. */
export function wrapMethod<Args extends unknown[], R>(
  descriptor: TypedPropertyDescriptor<AsyncMethod<Args, R>>,
  around: Around<Args, R>,
): AsyncMethod<Args, R> {
  const method = descriptor.value;
  if (!method) throw new CacheError('CACHE_OPTIONS_INVALID', 'Only methods are cached: decorate no accessor.');
  const wrapped = async function (this: Injected | undefined, ...args: Args): Promise<R> {
    // Called without its instance it has been given nothing.
    return around(this ?? {}, args, () => method.apply(this, args));
  };
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(method));
  const metadata: unknown[] = Reflect.getOwnMetadataKeys(method);
  for (const key of metadata) Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapped);
  descriptor.value = wrapped;
  return wrapped;
}

/** Has Nest inject the cache into every instance of the class of `prototype`. */
export function injectCache(prototype: object, { token }: CacheDefinition<unknown, unknown>): void {
  inject(prototype, token, token);
}

/** Has Nest inject the registry, for writes of more than one cache. */
export function injectRegistry(prototype: object): void {
  inject(prototype, CacheRegistry, REGISTRY);
}

/** @throws {CacheError} `CACHE_NOT_REGISTERED` when nobody injected it. */
export function injectedCache(
  self: Injected,
  { token, name }: CacheDefinition<unknown, unknown>,
): Cache<unknown, unknown> {
  return self[token] ?? missing(self, `the cache "${name}"`);
}

/** @throws {CacheError} `CACHE_NOT_REGISTERED` when nobody injected it. */
export function injectedRegistry(self: Injected): CacheRegistry {
  return self[REGISTRY] ?? missing(self, 'the caches');
}

function inject(prototype: object, token: symbol | typeof CacheRegistry, property: symbol): void {
  if (typeof prototype === 'function') {
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      'Static methods are not cached: nothing is injected into a class. Decorate a method of its instances.',
    );
  }
  Inject(token)(prototype, property);
}

function missing(self: object, what: string): never {
  throw new CacheError(
    'CACHE_NOT_REGISTERED',
    `This ${self.constructor.name} has not been given ${what}. Let Nest create it: list the class in the providers of a module ` +
      'that imports CacheModule.forFeature(…) with the definition, rather than calling its constructor, and call the method on it.',
  );
}
