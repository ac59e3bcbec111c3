import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The load that the present code runs in. A read of the same slot from inside it goes straight to its loader, and the
 * outermost load stores the result: the interceptor's load runs the handler, whose service reads the same entry.
 */
export class LoadScope {
  static readonly #current = new AsyncLocalStorage<LoadScope>();

  #produced: { readonly value: unknown } | undefined;

  private constructor(
    private readonly slot: string,
    private readonly outer: LoadScope | undefined,
  ) {}

  /** Runs `load` inside a new scope and answers the scope, which knows what the innermost loader produced. */
  static async run<T>(slot: string, load: () => Promise<T>): Promise<{ readonly value: T; readonly scope: LoadScope }> {
    const scope = new LoadScope(slot, LoadScope.#current.getStore());
    return { value: await LoadScope.#current.run(scope, load), scope };
  }

  /** The scope that is already loading `slot` around the present code. */
  static loading(slot: string): LoadScope | undefined {
    let scope = LoadScope.#current.getStore();
    while (scope && scope.slot !== slot) scope = scope.outer;
    return scope;
  }

  produced(value: unknown): void {
    this.#produced = { value };
  }

  /** Whether `value` is what the innermost loader returned: the object itself, not one that was made from it. */
  isUnchanged(value: unknown): boolean {
    return this.#produced === undefined || Object.is(this.#produced.value, value);
  }
}
