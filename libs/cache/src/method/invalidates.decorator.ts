import type { CacheDefinition } from '../core/policy/define-cache.js';
import { CacheError } from '../core/errors.js';
import { keyText, parseKey } from '../core/policy/key-schema.js';
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
 * cannot stand here: use `CacheRegistry.write`. Nor can the default of a parameter: `key` is given the arguments of the call. And a
 * method that overrides one which is a write itself, and calls it, is a write within a write: decorate one of the two.
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
    MethodWrite.of(method).naming((args) => {
      if ('token' in what) {
        if (!key) return (tx) => tx.clear(what);
        const named = checked(what, key(...args));
        return (tx) => tx.invalidate(what, named);
      }
      const tags = typeof what === 'function' ? what(...args) : what;
      return (tx) => tx.invalidateTags(tags);
    });
  };
}

function checked<K>({ name, key: schema }: CacheDefinition<K, unknown>, key: K): K {
  const parsed = parseKey(schema, key);
  if (!parsed) throw new CacheError('CACHE_KEY_INVALID', `This is not a key of the cache "${name}".`);
  // What has no canonical form is none either.
  keyText(parsed.key);
  return key;
}
