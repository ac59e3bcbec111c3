import type { WriteBody } from '../core/cache.js';
import { CacheError } from '../core/errors.js';
import type { CacheTransaction } from '../core/write/transaction.js';
import { type AsyncMethod, type Injected, injectedRegistry, wrapMethod } from './cached-method.js';

/** Tells a write what it invalidates. */
type Telling = (tx: CacheTransaction) => Promise<void>;

/** Names what a call of the method invalidates, or throws where it cannot: nothing is told to anybody before all is named. */
type Naming<Args extends unknown[]> = (args: Args) => Telling;

/** Runs a call as the write of a cache. */
type Through<Args extends unknown[]> = <R>(self: Injected, args: Args, body: WriteBody<R>) => Promise<R>;

const WRITE = Symbol('write');

/** A method, and the write that a decorator made of it. */
interface MaybeWrite<Args extends unknown[], R> extends AsyncMethod<Args, R> {
  readonly [WRITE]?: MethodWrite<Args>;
}

/**
 * The one write that all decorators of a method make of it, in whichever order they stand: a write within another is refused.
 */
export class MethodWrite<Args extends unknown[]> {
  readonly #names: Naming<Args>[] = [];
  #through: Through<Args> | undefined;

  /** The write of a method: the one that a decorator below has begun, else a new one. */
  static of<Args extends unknown[], R>(method: TypedPropertyDescriptor<AsyncMethod<Args, R>>): MethodWrite<Args> {
    const current: MaybeWrite<Args, R> | undefined = method.value;
    if (current?.[WRITE]) return current[WRITE];
    const write = new MethodWrite<Args>();
    const wrapped = wrapMethod(method, (self, args, body) => write.#run(self, args, body));
    Object.defineProperty(wrapped, WRITE, { value: write });
    return write;
  }

  /** Names more that each call invalidates. */
  naming(names: Naming<Args>): void {
    this.#names.push(names);
  }

  /** Leaves what each call returns in a cache. @throws {CacheError} `CACHE_OPTIONS_INVALID` the second time. */
  through(through: Through<Args>): void {
    if (this.#through) {
      throw new CacheError(
        'CACHE_OPTIONS_INVALID',
        'A method writes through one cache: name the entries of others with @Invalidates.',
      );
    }
    this.#through = through;
  }

  async #run<R>(self: Injected, args: Args, method: () => Promise<R>): Promise<R> {
    // What is announced keeps readers out for seconds when the write then fails: a bad name fails before.
    const named = this.#names.map((name) => name(args));
    const body = async (tx: CacheTransaction): Promise<R> => {
      await Promise.all(named.map((tell) => tell(tx)));
      return method();
    };
    if (this.#through) return this.#through(self, args, body);
    return (await injectedRegistry(self).write(body)).result;
  }
}
