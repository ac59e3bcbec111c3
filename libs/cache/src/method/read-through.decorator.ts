import type { CacheDefinition } from '../core/policy/define-cache.js';
import type { TypeEquals } from '../core/policy/type-equals.js';
import { type AsyncMethod, injectCache, injectedCache, wrapMethod } from './cached-method.js';

/** Accepts a method that returns a promise of exactly `V` or `V | undefined`. Any other type does not compile. */
type Reader<Args extends unknown[], R, V> = TypedPropertyDescriptor<AsyncMethod<Args, R>> &
  (true extends TypeEquals<R, V> | TypeEquals<R, V | undefined>
    ? unknown
    : { readonly 'the method must return a promise of exactly the value type of the cache': V });

/**
 * Answers calls of the method from the cache of `definition`, under the key that `key` returns for the arguments, and stores the result
 * of the method. It is `cache.readThrough` as a decorator, for providers of any scope.
 *
 * The trap: calls that differ only in arguments outside the key share an entry, and `key` receives the arguments without the
 * defaults of parameters. A method that overrides a decorated one is not cached.
 *
 * @throws the method's own error, unchanged, and the errors of `readThrough`.
 * @throws {CacheError} `CACHE_NOT_REGISTERED` when Nest did not create the instance.
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
