import { AsyncLocalStorage } from 'node:async_hooks';
import { type EntryLoad, LoadContext } from '../context/load-context.js';
import type { Origin } from '../origin.js';
import type { ReadBatch, ReadRequest } from '../read/read-request.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** Identifies a key within a batch: its record key, or a symbol if the key schema rejected the key. */
export type BatchKey = string | symbol;

export interface BatchParts<V> {
  readonly runtime: CacheRuntime;
  readonly origin: Origin;
  /** Calls the origin once, for all keys left to load. A key that is absent from the result has no value. */
  readonly call: (batchKeys: readonly BatchKey[]) => Promise<ReadonlyMap<BatchKey, V | undefined>>;
}

interface AwaitedLoad<V> {
  readonly batchKey: BatchKey;
  /** `undefined` if the loaded value must not be stored. */
  readonly loading: EntryLoad | undefined;
  readonly settled: PromiseWithResolvers<V | undefined>;
}

/**
 * Reads many keys through the read path with a single call of the origin.
 *
 * The origin is called once no read of the batch is active. A read is active until it has finished, has reached its load, or
 * is suspended by {@link suspendWhile}. An active read waits at most for the store, which has a deadline, so the call is never
 * delayed for long. A suspended read delays no batch, so two batches never wait for each other.
 */
export class LoadBatch<V> implements ReadBatch<V> {
  #loads: AwaitedLoad<V>[] = [];
  #sleep: Promise<void> | undefined;
  #inBackground: LoadBatch<V> | undefined;

  constructor(
    private readonly parts: BatchParts<V>,
    /** Number of reads that are active from the start. Pass each of them to {@link run}. */
    private activeReads: number,
    readonly storeFailed = false,
    /** Runs the origin call in the async context of the batch, instead of the context of the read that loads last. */
    private readonly context: <T>(work: () => Promise<T>) => Promise<T> = AsyncLocalStorage.snapshot(),
  ) {}

  /** Runs one read of the batch, which is inactive once it has settled. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } finally {
      this.#deactivate();
    }
  }

  /** Returns the value from the origin, loaded in one call with the other waiting keys. */
  load(batchKey: BatchKey): Promise<V | undefined> {
    const settled = Promise.withResolvers<V | undefined>();
    const loading = typeof batchKey === 'string' ? LoadContext.current?.findLoad(batchKey) : undefined;
    this.#loads.push({ batchKey, loading, settled });
    return this.suspendWhile(settled.promise);
  }

  async suspendWhile<T>(waiting: Promise<T>): Promise<T> {
    this.#deactivate();
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

  inBackground<T>(request: ReadRequest<V>, work: (background: ReadRequest<V>) => Promise<T>): Promise<T> {
    const batch = (this.#inBackground ??= new LoadBatch(this.parts, 0, false, (load) => LoadContext.runDetached(load)));
    batch.activeReads += 1;
    return batch.run(() => work({ ...request, batch, load: () => batch.load(request.record.key) }));
  }

  #deactivate(): void {
    this.activeReads -= 1;
    if (this.activeReads > 0 || this.#loads.length === 0) return;
    const loads = this.#loads;
    this.#loads = [];
    void this.context(() => this.#call(loads)).then(
      (values) => loads.forEach(({ batchKey, settled }) => settled.resolve(values.get(batchKey))),
      (error: unknown) => loads.forEach(({ settled }) => settled.reject(error)),
    );
  }

  #call(loads: readonly AwaitedLoad<V>[]): Promise<ReadonlyMap<BatchKey, V | undefined>> {
    const { origin, call } = this.parts;
    const together = loads.flatMap(({ loading }) => loading ?? []);
    return origin.call(together, () => call(loads.map(({ batchKey }) => batchKey)));
  }
}
