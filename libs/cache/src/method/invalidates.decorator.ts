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
 * Makes each call of the method a write that invalidates the entry under `key`, every entry of a cache if there is no `key`, or every
 * entry with one of the tags. Can be repeated on a method, and combined with `@WriteThrough`.
 *
 * The trap: the method must commit before it returns. `key` receives only the arguments of the call, without the defaults of
 * parameters. For a value that the method finds out itself, such as an old e-mail address or a generated id, use
 * `CacheRegistry.write`. A method that overrides a decorated one and calls it makes a nested write: decorate only one of the two.
 *
 * @throws the method's own error, unchanged.
 * @throws {CacheError} `CACHE_KEY_INVALID` when the schema rejects the key; `CACHE_WRITE_NESTED` within the body of another write;
 * `CACHE_NOT_REGISTERED` when Nest did not create the instance.
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
    MethodWrite.of(method).invalidating((args) => {
      if ('token' in what) {
        if (!key) return (tx) => tx.clear(what);
        const valid = checked(what, key(...args));
        return (tx) => tx.invalidate(what, valid);
      }
      const tags = typeof what === 'function' ? what(...args) : what;
      return (tx) => tx.invalidateTags(tags);
    });
  };
}

function checked<K>({ name, key: schema }: CacheDefinition<K, unknown>, key: K): K {
  const parsed = parseKey(schema, key);
  if (!parsed) {
    throw new CacheError(
      'CACHE_KEY_INVALID',
      `@Invalidates: the key schema of the cache "${name}" rejects the key of this call. Return a valid key from the decorator's function.`,
    );
  }
  // Throws for a key without a canonical form.
  keyText(parsed.key);
  return key;
}
