import type { CacheDefinition } from '../core/cache-definition.js';
import { type AsyncMethod, injectRegistry } from './cached-method.js';
import { MethodWrite } from './method-write.js';

type Writer<Args extends unknown[], R> = (
  prototype: object,
  name: string | symbol,
  method: TypedPropertyDescriptor<AsyncMethod<Args, R>>,
) => void;

/**
 * Makes each call of the method a write that invalidates: the entry that `key` makes of its arguments, every entry of a cache
 * where there is no `key`, or whatever has one of the tags. It may stand on a method several times, and beside `@WriteThrough`.
 *
 * The trap: the method must commit before it returns, and what it learns only on its way (an old e-mail address, a generated id)
 * cannot stand here: use `CacheRegistry.write`.
 *
 * @throws what the method throws, unchanged.
 * @throws {CacheError} `CACHE_KEY_INVALID` when the key is none; `CACHE_WRITE_NESTED` within the body of another write;
 * `CACHE_NOT_REGISTERED` when it is called on an instance that Nest did not create.
 * @example
 * @Invalidates(userById, (id) => id)
 * @Invalidates(['users'])
 * remove(id: string): Promise<void> { return this.users.remove(id); }
 */
export function Invalidates<K, Args extends unknown[], R>(
  definition: CacheDefinition<K, unknown>,
  key?: NoInfer<(...args: Args) => K>,
): Writer<Args, R>;
export function Invalidates<Args extends unknown[], R>(
  tags: readonly string[] | NoInfer<(...args: Args) => readonly string[]>,
): Writer<Args, R>;
export function Invalidates<K, Args extends unknown[], R>(
  what: CacheDefinition<K, unknown> | readonly string[] | ((...args: Args) => readonly string[]),
  key?: (...args: Args) => K,
): Writer<Args, R> {
  return (prototype, _, method) => {
    injectRegistry(prototype);
    MethodWrite.of(method).naming(async (tx, args) => {
      if (typeof what === 'function') await tx.invalidate(...what(...args));
      else if (!('token' in what)) await tx.invalidate(...what);
      else if (key) await tx.touches(what, key(...args));
      else await tx.clear(what);
    });
  };
}
