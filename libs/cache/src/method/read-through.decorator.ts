import type { CacheDefinition } from '../core/policy/define-cache.js';
import type { TypeEquals } from '../core/policy/type-equals.js';
import { type AsyncMethod, injectCache, injectedCache, wrapMethod } from './cached-method.js';

/** Accepts a method that answers exactly a promise of `V`, or of `V | undefined`. Anything else does not compile. */
type Reader<Args extends unknown[], R, V> = TypedPropertyDescriptor<AsyncMethod<Args, R>> &
  (true extends TypeEquals<R, V> | TypeEquals<R, V | undefined>
    ? unknown
    : { readonly 'the method must answer a promise of exactly the value type of the cache': V });

/**
 * Answers calls of the method from the cache of `definition`, under what `key` makes of its arguments, and stores what it returns:
 * `cache.readThrough` as a decorator, for any provider in any scope.
 *
 * The trap: the arguments that the key leaves out do not tell answers apart, and the default of a parameter is no argument. And
 * only calls through the instance are cached, those within the class too; a method that was overridden is the overriding one.
 *
 * @throws what the method throws, unchanged; and what `readThrough` throws.
 * @throws {CacheError} `CACHE_NOT_REGISTERED` when it is called on an instance that Nest did not create.
 * @example
 * @ReadThrough(userById, (id) => id)
 * find(id: string): Promise<User | undefined> { return this.users.findById(id); }
 */
export function ReadThrough<K, V, Args extends unknown[], R>(
  definition: CacheDefinition<K, V>,
  key: NoInfer<(...args: Args) => K>,
): (prototype: object, name: string | symbol, method: Reader<Args, R, V>) => void {
  return (prototype, _, method) => {
    injectCache(prototype, definition);
    wrapMethod<Args, R>(method, async (self, args, load) => {
      return injectedCache(self, definition).readThrough(key(...args), load);
    });
  };
}
