import { AsyncLocalStorage } from 'node:async_hooks';
import type { PayloadForm } from '../codec/codec.js';
import type { Counters } from '../counters.js';
import { JointReads } from './batched-lookup.js';
import { LoadScope } from '../context/load-context.js';
import type { StoreReading } from '../store/store.js';
import type { Batch, ReadRequest } from '../read/read-request.js';
import type { SlotLoad } from '../context/entry-load.js';
import type { Tiers } from '../cache-runtime.js';

/** A key that a batch may have to load: by the name of its slot, or by a symbol where it has none. */
export type Wanted = string | symbol;

export interface BatchParts<V> {
  readonly tiers: Tiers;
  readonly counters: Counters;
  /** One call of the origin, for what is left to load. What the answer lacks has no value. */
  readonly call: (wanted: readonly Wanted[]) => Promise<ReadonlyMap<Wanted, V | undefined>>;
}

interface AwaitedLoad<V> {
  readonly wanted: Wanted;
  /** `undefined` where nothing of it may be stored. */
  readonly loading: SlotLoad | undefined;
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
export class ReadBatch<V> implements Batch<V> {
  readonly #reads: JointReads;
  #loads: AwaitedLoad<V>[] = [];
  #sleep: Promise<void> | undefined;
  #behind: ReadBatch<V> | undefined;

  constructor(
    private readonly parts: BatchParts<V>,
    /** How many reads act from the beginning: each of them is to be {@link run}. */
    private acting: number,
    /** Where the origin is called: not within the read that came to its load last, which happens to set it off. */
    private readonly context: <T>(work: () => Promise<T>) => Promise<T> = AsyncLocalStorage.snapshot(),
  ) {
    this.#reads = new JointReads(parts.tiers.store);
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
    const loading = typeof wanted === 'string' ? LoadScope.current?.loading(wanted) : undefined;
    this.#loads.push({ wanted, loading, settled });
    return this.aside(settled.promise);
  }

  read(slots: readonly string[], tags: readonly string[], form: PayloadForm): Promise<StoreReading> {
    return this.#reads.read(slots, tags, form);
  }

  async aside<T>(waiting: Promise<T>): Promise<T> {
    this.#rest();
    try {
      return await waiting;
    } finally {
      this.acting += 1;
    }
  }

  sleep(ms: number): Promise<void> {
    this.#sleep ??= this.parts.tiers.clock.sleep(ms).finally(() => {
      this.#sleep = undefined;
    });
    return this.aside(this.#sleep);
  }

  behind<T>(request: ReadRequest<V>, work: (behind: ReadRequest<V>) => Promise<T>): Promise<T> {
    const batch = (this.#behind ??= new ReadBatch(this.parts, 0, (load) => LoadScope.outside(load)));
    batch.acting += 1;
    return batch.run(() => work({ ...request, batch, load: () => batch.load(request.slot.name) }));
  }

  #rest(): void {
    this.acting -= 1;
    if (this.acting > 0 || this.#loads.length === 0) return;
    const loads = this.#loads;
    this.#loads = [];
    void this.context(() => this.#call(loads)).then(
      (values) => loads.forEach(({ wanted, settled }) => settled.resolve(values.get(wanted))),
      (error: unknown) => loads.forEach(({ settled }) => settled.reject(error)),
    );
  }

  #call(loads: readonly AwaitedLoad<V>[]): Promise<ReadonlyMap<Wanted, V | undefined>> {
    const { tiers, counters, call } = this.parts;
    const together = loads.flatMap(({ loading }) => loading ?? []);
    return tiers.bulkhead.run(() => {
      counters.loaded();
      return LoadScope.load(together, () => call(loads.map(({ wanted }) => wanted)));
    });
  }
}
