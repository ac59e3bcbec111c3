import { AsyncLocalStorage } from 'node:async_hooks';
import type { SlotLoad } from './entry-load.js';

/**
 * What the present code runs inside of: loads of slots, or the body of a write.
 *
 * Within a load every read is strong, and a read of a slot that is being loaded already goes straight to its loader: the
 * outermost load stores the result. Within a write's body reads pass the cache by.
 */
export class LoadScope {
  static readonly #current = new AsyncLocalStorage<LoadScope | undefined>();
  #ended = false;

  private constructor(
    /** `undefined` in the body of a write. */
    private readonly loads: ReadonlyMap<string, SlotLoad> | undefined,
    private readonly around: LoadScope | undefined,
  ) {}

  /** Not one that has ended: a timer, a pool or an emitter may keep its context for longer than it lasts. */
  static get current(): LoadScope | undefined {
    return underWay(LoadScope.#current.getStore());
  }

  /** Runs loads inside a new scope: one of a slot, or those of a batch together. */
  static async load<T>(loads: readonly SlotLoad[], work: () => Promise<T>): Promise<T> {
    return LoadScope.#within(new Map(loads.map((load) => [load.slot, load])), work);
  }

  /** Runs the body of a write. */
  static async write<T>(body: () => Promise<T>): Promise<T> {
    return LoadScope.#within(undefined, body);
  }

  /** Runs what goes on behind its caller's back, outside of everything. */
  static async outside<T>(work: () => Promise<T>): Promise<T> {
    return LoadScope.#current.run(undefined, work);
  }

  static async #within<T>(loads: ReadonlyMap<string, SlotLoad> | undefined, work: () => Promise<T>): Promise<T> {
    const scope = new LoadScope(loads, LoadScope.current);
    try {
      return await LoadScope.#current.run(scope, work);
    } finally {
      scope.#ended = true;
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What this scope itself is inside of. */
  get outer(): LoadScope | undefined {
    return underWay(this.around);
  }

  /** Whether the present code is the body of a write, or a load within one. */
  get writing(): boolean {
    return this.loads === undefined || (this.outer?.writing ?? false);
  }

  /** The load of `slot` around the present code. */
  loading(slot: string): SlotLoad | undefined {
    return this.loads?.get(slot) ?? this.outer?.loading(slot);
  }

  /** Keeps what is being loaded here out of the cache, and from whoever shares the load. */
  refuse(reason: string): void {
    this.loads?.forEach((load) => load.refuse(reason));
  }
}

function underWay(scope: LoadScope | undefined): LoadScope | undefined {
  let innermost = scope;
  while (innermost?.ended) innermost = innermost.outer;
  return innermost;
}
