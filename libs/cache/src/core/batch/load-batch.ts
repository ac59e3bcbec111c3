import { AsyncLocalStorage } from 'node:async_hooks';
import type { PayloadForm } from '../codec/codec.js';
import type { Counters } from '../counters.js';
import { BatchedLookup } from './batched-lookup.js';
import { LoadContext } from '../context/load-context.js';
import type { StoreReading } from '../store/store.js';
import type { ReadBatch, ReadRequest } from '../read/read-request.js';
import type { EntryLoad } from '../context/entry-load.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** A key that a batch may have to load: by the name of its slot, or by a symbol where it has none. */
export type Wanted = string | symbol;

export interface BatchParts<V> {
  readonly runtime: CacheRuntime;
  readonly counters: Counters;
  /** One call of the origin, for what is left to load. What the answer lacks has no value. */
  readonly call: (wanted: readonly Wanted[]) => Promise<ReadonlyMap<Wanted, V | undefined>>;
}

interface AwaitedLoad<V> {
  readonly wanted: Wanted;
  /** `undefined` where nothing of it may be stored. */
  readonly loading: EntryLoad | undefined;
  readonly settled: PromiseWithResolvers<V | undefined>;
}

/**
 * Reads of many keys, each on its own way through the read path, that share what costs: round trips to the store, and a call of
 * the origin.
 *
 * The origin is called once nobody acts any more: when each read has its answer, has come to its load, or waits for somebody
 * else. Who acts waits for the store at most, which has a deadline, so nobody is kept for long; and nobody is kept by a read
 * that waits, so two batches never wait for each other.
 */
export class LoadBatch<V> implements ReadBatch<V> {
  readonly #reads: BatchedLookup;
  #loads: AwaitedLoad<V>[] = [];
  #sleep: Promise<void> | undefined;
  #inBackground: LoadBatch<V> | undefined;

  constructor(
    private readonly parts: BatchParts<V>,
    /** How many reads act from the beginning: each of them is to be {@link run}. */
    private activeReads: number,
    /** Where the origin is called: not within the read that came to its load last, which happens to set it off. */
    private readonly context: <T>(work: () => Promise<T>) => Promise<T> = AsyncLocalStorage.snapshot(),
  ) {
    this.#reads = new BatchedLookup(parts.runtime.store);
  }

  /** Runs one of the reads. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } finally {
      this.#rest();
    }
  }

  /** The value from the origin, in one call with the others that wait for theirs. */
  load(wanted: Wanted): Promise<V | undefined> {
    const settled = Promise.withResolvers<V | undefined>();
    const loading = typeof wanted === 'string' ? LoadContext.current?.findLoad(wanted) : undefined;
    this.#loads.push({ wanted, loading, settled });
    return this.suspendWhile(settled.promise);
  }

  read(recordKeys: readonly string[], tags: readonly string[], form: PayloadForm): Promise<StoreReading> {
    return this.#reads.read(recordKeys, tags, form);
  }

  async suspendWhile<T>(waiting: Promise<T>): Promise<T> {
    this.#rest();
    try {
      return await waiting;
    } finally {
      this.activeReads += 1;
    }
  }

  sleep(ms: number): Promise<void> {
    this.#sleep ??= this.parts.runtime.clock.sleep(ms).finally(() => {
      this.#sleep = undefined;
    });
    return this.suspendWhile(this.#sleep);
  }

  inBackground<T>(request: ReadRequest<V>, work: (behind: ReadRequest<V>) => Promise<T>): Promise<T> {
    const batch = (this.#inBackground ??= new LoadBatch(this.parts, 0, (load) => LoadContext.runDetached(load)));
    batch.activeReads += 1;
    return batch.run(() => work({ ...request, batch, load: () => batch.load(request.record.key) }));
  }

  #rest(): void {
    this.activeReads -= 1;
    if (this.activeReads > 0 || this.#loads.length === 0) return;
    const loads = this.#loads;
    this.#loads = [];
    void this.context(() => this.#call(loads)).then(
      (values) => loads.forEach(({ wanted, settled }) => settled.resolve(values.get(wanted))),
      (error: unknown) => loads.forEach(({ settled }) => settled.reject(error)),
    );
  }

  #call(loads: readonly AwaitedLoad<V>[]): Promise<ReadonlyMap<Wanted, V | undefined>> {
    const { runtime, counters, call } = this.parts;
    const together = loads.flatMap(({ loading }) => loading ?? []);
    return runtime.loadLimiter.run(() => {
      counters.loaded();
      return LoadContext.load(together, () => call(loads.map(({ wanted }) => wanted)));
    });
  }
}
