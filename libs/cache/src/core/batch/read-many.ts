import type { EntryRef, KeyResolver } from '../store/key-resolver.js';
import { pagesOf } from './pages.js';
import type { PageRead } from './page-read.js';
import { LoadBatch, type BatchKey } from './load-batch.js';
import { LoadContext } from '../context/load-context.js';
import type { Origin } from '../origin.js';
import type { ReadThrough } from '../read/read-through.js';
import type { ReadRequest } from '../read/read-request.js';
import type { CacheRuntime } from '../cache-runtime.js';

/**
 * Loads the values of all `missing` keys at once. A key that is absent from the map has no value. Keys are compared in their
 * canonical form: a key of the map may be another object than the one in `missing`.
 */
export type LoadMany<K, V> = (missing: K[]) => Promise<ReadonlyMap<K, V | undefined>>;

interface RequestedKey<K> {
  readonly batchKey: BatchKey;
  readonly key: K;
  /** `undefined` if the schema rejects the key. */
  readonly ref: EntryRef<K> | undefined;
}

interface ReadManyOptions<V> extends Pick<ReadRequest<V>, 'strong' | 'patienceMs'> {
  readonly signal: AbortSignal | undefined;
}

/** Reads many keys of one cache through the read path, page by page. */
export class ReadMany<K, V> {
  constructor(
    private readonly keyResolver: KeyResolver<K>,
    private readonly reads: { readonly each: ReadThrough<K, V>; readonly pages: PageRead<K, V> },
    private readonly runtime: CacheRuntime,
    private readonly origin: Origin,
  ) {}

  /** Returns the values in the order of `keys`. */
  async read(
    keys: readonly K[],
    loadMany: LoadMany<K, V>,
    { strong, patienceMs, signal }: ReadManyOptions<V>,
  ): Promise<(V | undefined)[]> {
    const { clock } = this.runtime;
    const endsAt = clock.now() + patienceMs;
    const requested = keys.map((key) => this.#resolve(key));
    const distinct = [...new Map(requested.map((one) => [one.batchKey, one])).values()];
    const values = new Map<BatchKey, V | undefined>();
    const rest = strong ? distinct : distinct.filter((one) => !this.#takeFromMemory(one, values));
    for (const page of pagesOf(rest)) {
      // An aborted caller needs no further pages.
      signal?.throwIfAborted();
      const options = { strong: strong || hasWritten(page), patienceMs: Math.max(0, endsAt - clock.now()) };
      await this.#readPage(page, loadMany, options, values);
    }
    return requested.map(({ batchKey }) => values.get(batchKey));
  }

  /** Takes a value from L1, so that its key takes up no space in a page. */
  #takeFromMemory({ batchKey, ref }: RequestedKey<K>, values: Map<BatchKey, V | undefined>): boolean {
    const held = ref && this.reads.each.getFromMemory(ref);
    if (held) values.set(batchKey, held.entry.value);
    return held !== undefined;
  }

  async #readPage(
    page: readonly RequestedKey<K>[],
    loadMany: LoadMany<K, V>,
    options: Pick<ReadRequest<V>, 'strong' | 'patienceMs'>,
    values: Map<BatchKey, V | undefined>,
  ): Promise<void> {
    const { strong } = options;
    const refs = page.flatMap(({ ref }) => (ref && this.reads.pages.accepts(ref, strong) ? [ref] : []));
    const call = (batchKeys: readonly BatchKey[]) => this.#call(loadMany, page, new Set(batchKeys));
    await this.reads.pages.read({
      refs,
      strong,
      isWhole: refs.length === page.length,
      values,
      load: (missing) => call(missing.map(({ record }) => record.key)),
      readEach: async (found, storeFailed) => {
        const rest = page.filter(({ batchKey }) => !values.has(batchKey));
        const { runtime, origin } = this;
        const batch = new LoadBatch<V>({ runtime, origin, call }, rest.length, storeFailed);
        await Promise.all(
          rest.map(async ({ batchKey, ref }) => {
            const load = (): Promise<V | undefined> => batch.load(batchKey);
            // A key that the schema rejects bypasses the cache.
            const read = ref
              ? () => this.#read(ref, { load, batch, found: found.get(ref.record.key), ...options })
              : load;
            values.set(batchKey, await batch.run(read));
          }),
        );
      },
    });
  }

  #resolve(key: K): RequestedKey<K> {
    const ref = this.keyResolver.resolve(key);
    return ref ? { batchKey: ref.record.key, key: ref.key, ref } : { batchKey: Symbol(), key, ref };
  }

  async #read({ record, tags }: EntryRef<K>, rest: Omit<ReadRequest<V>, 'record' | 'tags'>): Promise<V | undefined> {
    const { answer } = await this.reads.each.read({ record, tags, ...rest });
    return answer.value;
  }

  async #call(
    loadMany: LoadMany<K, V>,
    page: readonly RequestedKey<K>[],
    batchKeys: ReadonlySet<BatchKey>,
  ): Promise<ReadonlyMap<BatchKey, V | undefined>> {
    const missing = page.filter((one) => batchKeys.has(one.batchKey));
    const loaded = await loadMany(missing.map(({ key }) => key));
    const values = new Map<BatchKey, V | undefined>();
    for (const [key, value] of loaded) {
      const ref = this.keyResolver.resolve(key);
      if (ref) values.set(ref.record.key, value);
    }
    for (const one of missing) if (!one.ref) values.set(one.batchKey, loaded.get(one.key));
    return values;
  }
}

/** Whether the client of the running code has written one of the entries. */
function hasWritten(page: readonly RequestedKey<unknown>[]): boolean {
  const { session } = LoadContext;
  return session !== undefined && page.some(({ ref }) => ref && session.hasWritten(ref.record.key, ref.tags));
}
