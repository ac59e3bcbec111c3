import type { WriteBody } from '../core/write/transaction.js';
import { CacheError } from '../core/errors.js';
import type { CacheTransaction } from '../core/write/transaction.js';
import { type AsyncMethod, type Injected, injectedRegistry, wrapMethod } from './cached-method.js';

/** Adds invalidations to a write. */
type Invalidate = (tx: CacheTransaction) => Promise<void>;

/** Returns the invalidations of a call of the method, or throws for an invalid key or tag, before the write is announced. */
type InvalidationOf<Args extends unknown[]> = (args: Args) => Invalidate;

/** Runs a call as the write of a cache. */
type Through<Args extends unknown[]> = <R>(self: Injected, args: Args, body: WriteBody<R>) => Promise<R>;

const WRITE = Symbol('write');

/** A method, and the write that a decorator turned it into. */
interface MaybeWrite<Args extends unknown[], R> extends AsyncMethod<Args, R> {
  readonly [WRITE]?: MethodWrite<Args>;
}

/**
 * Runs the decorators of a method as one write, in any order: a write per decorator would be nested, and rejected.
 */
export class MethodWrite<Args extends unknown[]> {
  readonly #invalidations: InvalidationOf<Args>[] = [];
  #through: Through<Args> | undefined;

  /** Returns the write of a method: the one that a decorator below has created, else a new one. */
  static of<Args extends unknown[], R>(method: TypedPropertyDescriptor<AsyncMethod<Args, R>>): MethodWrite<Args> {
    const current: MaybeWrite<Args, R> | undefined = method.value;
    if (current?.[WRITE]) return current[WRITE];
    const write = new MethodWrite<Args>();
    const wrapped = wrapMethod(method, (self, args, body) => write.#run(self, args, body));
    Object.defineProperty(wrapped, WRITE, { value: write });
    return write;
  }

  /** Adds an invalidation to each call. */
  invalidating(invalidation: InvalidationOf<Args>): void {
    this.#invalidations.push(invalidation);
  }

  /** Stores the result of each call in a cache. @throws {CacheError} `CACHE_OPTIONS_INVALID` when called twice. */
  through(through: Through<Args>): void {
    if (this.#through) {
      throw new CacheError(
        'CACHE_OPTIONS_INVALID',
        '@WriteThrough is on this method twice. Keep one, and use @Invalidates for the entries of the other cache.',
      );
    }
    this.#through = through;
  }

  async #run<R>(self: Injected, args: Args, method: () => Promise<R>): Promise<R> {
    // An announced write that fails keeps its entries out of the cache for seconds, so an invalid key must fail before.
    const invalidations = this.#invalidations.map((invalidation) => invalidation(args));
    const body = async (tx: CacheTransaction): Promise<R> => {
      await Promise.all(invalidations.map((invalidate) => invalidate(tx)));
      return method();
    };
    if (this.#through) return this.#through(self, args, body);
    return (await injectedRegistry(self).write(body)).result;
  }
}
