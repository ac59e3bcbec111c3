import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntryLoad } from './entry-load.js';

/**
 * What the present code runs inside of: loads of slots, or the body of a write.
 *
 * Within a load every read is strong, and a read of a slot that is being loaded already goes straight to its loader: the
 * outermost load stores the result. Within a write's body reads pass the cache by.
 */
export class LoadContext {
  static readonly #current = new AsyncLocalStorage<LoadContext | undefined>();
  #ended = false;

  private constructor(
    /** `undefined` in the body of a write. */
    private readonly loads: ReadonlyMap<string, EntryLoad> | undefined,
    private readonly startedIn: LoadContext | undefined,
  ) {}

  /** Not one that has ended: a timer, a pool or an emitter may keep its context for longer than it lasts. */
  static get current(): LoadContext | undefined {
    return activeContext(LoadContext.#current.getStore());
  }

  /** Runs loads inside a new scope: one of a slot, or those of a batch together. */
  static async load<T>(loads: readonly EntryLoad[], work: () => Promise<T>): Promise<T> {
    return LoadContext.#within(new Map(loads.map((load) => [load.recordKey, load])), work);
  }

  /** Runs the body of a write. */
  static async write<T>(body: () => Promise<T>): Promise<T> {
    return LoadContext.#within(undefined, body);
  }

  /** Runs what goes on behind its caller's back, outside of everything. */
  static async runDetached<T>(work: () => Promise<T>): Promise<T> {
    return LoadContext.#current.run(undefined, work);
  }

  static async #within<T>(loads: ReadonlyMap<string, EntryLoad> | undefined, work: () => Promise<T>): Promise<T> {
    const scope = new LoadContext(loads, LoadContext.current);
    try {
      return await LoadContext.#current.run(scope, work);
    } finally {
      scope.#ended = true;
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What this scope itself is inside of. */
  get parent(): LoadContext | undefined {
    return activeContext(this.startedIn);
  }

  /** Whether the present code is the body of a write, or a load within one. */
  get isWrite(): boolean {
    return this.loads === undefined || (this.parent?.isWrite ?? false);
  }

  /** The load of `slot` around the present code. */
  findLoad(recordKey: string): EntryLoad | undefined {
    return this.loads?.get(recordKey) ?? this.parent?.findLoad(recordKey);
  }

  /** Keeps what is being loaded here out of the cache, and from whoever shares the load. */
  markUncacheable(reason: string): void {
    this.loads?.forEach((load) => load.markUncacheable(reason));
  }
}

function activeContext(scope: LoadContext | undefined): LoadContext | undefined {
  let innermost = scope;
  while (innermost?.ended) innermost = innermost.parent;
  return innermost;
}
