import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What the present code runs inside of: loads of slots, or the body of a write.
 *
 * Within a load every read is strong, and a read of a slot that is being loaded already goes straight to its loader: the
 * outermost load stores the result. Within a write's body reads pass the cache by.
 */
export class LoadScope {
  static readonly #current = new AsyncLocalStorage<LoadScope | undefined>();

  private constructor(
    private readonly slot: string | undefined,
    private readonly outer: LoadScope | undefined,
    private readonly innermost: { produced?: { readonly value: unknown }; refusal?: string } = {},
  ) {}

  static get current(): LoadScope | undefined {
    return LoadScope.#current.getStore();
  }

  /** Runs a load inside a new scope. */
  static async load<T>(slot: string, load: (scope: LoadScope) => Promise<T>): Promise<T> {
    const scope = new LoadScope(slot, LoadScope.current);
    return LoadScope.#current.run(scope, () => load(scope));
  }

  /** Runs one load of everything that `scopes` are loading, inside all of them. */
  static async loadTogether<T>(scopes: readonly LoadScope[], load: () => Promise<T>): Promise<T> {
    const inside = (outer: LoadScope | undefined, { slot, innermost }: LoadScope) =>
      new LoadScope(slot, outer, innermost);
    return LoadScope.#current.run(scopes.reduce(inside, LoadScope.current), load);
  }

  /** Runs `work` where the value of `slot` is known already: reads of it in there get `value`, at no cost. */
  static async knowing<T>(slot: string, value: unknown, work: () => Promise<T>): Promise<T> {
    const scope = new LoadScope(slot, LoadScope.current);
    scope.produced(value);
    return LoadScope.#current.run(scope, work);
  }

  /** Runs the body of a write. */
  static async write<T>(body: () => Promise<T>): Promise<T> {
    return LoadScope.#current.run(new LoadScope(undefined, LoadScope.current), body);
  }

  /** Runs what goes on behind its caller's back, outside of everything. */
  static async outside<T>(work: () => Promise<T>): Promise<T> {
    return LoadScope.#current.run(undefined, work);
  }

  /** Whether the present code is the body of a write, or a load within one. */
  get writing(): boolean {
    return this.slot === undefined || (this.outer?.writing ?? false);
  }

  /** The scope that is loading `slot` around the present code. */
  loading(slot: string): LoadScope | undefined {
    return this.slot === slot ? this : this.outer?.loading(slot);
  }

  /** What is known of the slot's value before any loader runs in here, or since one ran. */
  get known(): { readonly value: unknown } | undefined {
    return this.innermost.produced;
  }

  /** Notes what the innermost loader returned. */
  produced(value: unknown): void {
    this.innermost.produced = { value };
  }

  /** Whether the innermost loader found that there is no value. */
  get producedNothing(): boolean {
    const { produced } = this.innermost;
    return produced !== undefined && produced.value === undefined;
  }

  /** Keeps what is being loaded out of the cache, and from whoever shares the load: it is for this caller only. */
  refuse(reason: string): void {
    this.innermost.refusal ??= reason;
  }

  /** Why what was loaded is for its caller only; `undefined` where it is not. */
  refusalOf(value: unknown): string | undefined {
    if (this.innermost.refusal !== undefined) return this.innermost.refusal;
    return this.isUnchanged(value) ? undefined : 'the answer is not what the innermost loader returned';
  }

  /** Whether `value` is what the innermost loader returned: the object itself, not one that was made from it. */
  private isUnchanged(value: unknown): boolean {
    const { produced } = this.innermost;
    return produced === undefined || Object.is(produced.value, value);
  }
}
