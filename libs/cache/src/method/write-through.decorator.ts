import type { CacheDefinition } from '../core/policy/define-cache.js';
import type { TypeEquals } from '../core/policy/type-equals.js';
import { type AsyncMethod, injectCache, injectedCache } from './cached-method.js';
import { MethodWrite } from './method-write.js';

/** Accepts a method that returns a promise of exactly `V`. Any other type does not compile. */
type Writer<Args extends unknown[], R, V> = TypedPropertyDescriptor<AsyncMethod<Args, R>> &
  (TypeEquals<R, V> extends true
    ? unknown
    : { readonly 'the method must return a promise of exactly the value type of the cache': V });

/** Configures a method with {@link WriteThrough}. */
export interface WriteThroughOptions<Args extends unknown[]> {
  /** The tags that each call invalidates in addition to its own entry. @default none */
  readonly tags?: readonly string[] | ((...args: Args) => readonly string[]);
}

/**
 * Makes each call of the method a write of the entry under the key that `key` returns for the arguments, and stores the result of the
 * method as its value. It is `cache.writeThrough` as a decorator, for providers of any scope.
 *
 * The trap: the method must commit before it returns. It writes through one cache: add `@Invalidates` for entries of other caches.
 * `key` and `tags` receive the arguments without the defaults of parameters. A method that overrides a decorated one and calls it
 * makes a nested write: decorate only one of the two.
 *
 * @throws the method's own error, unchanged, and the errors of `writeThrough`.
 * @throws {CacheError} `CACHE_WRITE_NESTED` within the body of another write; `CACHE_NOT_REGISTERED` when Nest did not create the
 * instance.
 * @example
 * @WriteThrough(userById, (id) => id, { tags: ['users'] })
 * update(id: string, change: UserChange): Promise<User> { return this.users.update(id, change); }
 */
export function WriteThrough<K, V, Args extends unknown[], R>(
  definition: CacheDefinition<K, V>,
  key: NoInfer<(...args: Args) => K>,
  { tags = [] }: NoInfer<WriteThroughOptions<Args>> = {},
): (prototype: object, name: string | symbol, method: Writer<Args, R, V>) => void {
  return (prototype, _, method) => {
    injectCache(prototype, definition);
    MethodWrite.of<Args, R>(method).through(async (self, args, body) => {
      const written = typeof tags === 'function' ? tags(...args) : tags;
      return injectedCache(self, definition).writeThrough(key(...args), body, { tags: written });
    });
  };
}
