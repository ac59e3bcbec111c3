import type { CacheDefinition } from '../core/policy/define-cache.js';
import type { TypeEquals } from '../core/policy/type-equals.js';
import { type AsyncMethod, injectCache, injectedCache } from './cached-method.js';
import { MethodWrite } from './method-write.js';

/** Accepts a method that answers exactly a promise of `V`. Anything else does not compile. */
type Writer<Args extends unknown[], R, V> = TypedPropertyDescriptor<AsyncMethod<Args, R>> &
  (TypeEquals<R, V> extends true
    ? unknown
    : { readonly 'the method must answer a promise of exactly the value type of the cache': V });

export interface WriteThroughOptions<Args extends unknown[]> {
  /** What each call invalidates besides its own entry. @default none */
  readonly tags?: readonly string[] | ((...args: Args) => readonly string[]);
}

/**
 * Makes each call of the method a write of the entry that `key` makes of its arguments, and leaves what it returns as the value,
 * for everyone to read: `cache.writeThrough` as a decorator, for any provider in any scope.
 *
 * The trap: the method must commit before it returns. And it writes through one cache; the others that the write concerns stand
 * in `@Invalidates` above or below. The default of a parameter is no argument of the call, so `key` does not see it. And a method that
 * overrides one which is a write itself, and calls it, is a write within a write: decorate one of the two.
 *
 * @throws what the method throws, unchanged; and what `writeThrough` throws.
 * @throws {CacheError} `CACHE_WRITE_NESTED` within the body of another write; `CACHE_NOT_REGISTERED` when it is called on an
 * instance that Nest did not create.
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
