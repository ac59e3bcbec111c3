import type { EntryRef, KeyResolver } from '../store/key-resolver.js';
import type { Counters } from '../counters.js';
import { pagesOf } from './pages.js';
import { LoadBatch, type Wanted } from './load-batch.js';
import type { ReadThrough } from '../read/read-through.js';
import type { ReadRequest } from '../read/read-request.js';
import type { CacheRuntime } from '../cache-runtime.js';

/**
 * Loads the values of all `missing` keys at once. A key that the map lacks has no value. Its keys are compared as the cache
 * compares keys: an object need not be the one that was asked for.
 */
export type LoadMany<K, V> = (missing: K[]) => Promise<ReadonlyMap<K, V | undefined>>;

interface Asked<K> {
  readonly wanted: Wanted;
  readonly key: K;
  /** `undefined` where the schema refuses the key. */
  readonly ref: EntryRef<K> | undefined;
}

interface How<V> extends Pick<ReadRequest<V>, 'strong' | 'patienceMs'> {
  readonly signal: AbortSignal | undefined;
}

/** Reads of many keys of one cache, each by the rules of the read path, page by page. */
export class ReadMany<K, V> {
  constructor(
    private readonly keyResolver: KeyResolver<K>,
    private readonly reads: ReadThrough<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly counters: Counters,
  ) {}

  /** Answers in the order of `keys`. */
  async read(
    keys: readonly K[],
    loadMany: LoadMany<K, V>,
    { strong, patienceMs, signal }: How<V>,
  ): Promise<(V | undefined)[]> {
    const { clock } = this.runtime;
    const endsAt = clock.now() + patienceMs;
    const asked = keys.map((key) => this.#asked(key));
    const distinct = [...new Map(asked.map((one) => [one.wanted, one])).values()];
    const values = new Map<Wanted, V | undefined>();
    const rest = strong ? distinct : distinct.filter((one) => !this.#isHeld(one, values));
    for (const page of pagesOf(rest)) {
      // Who has left wants no more of them.
      signal?.throwIfAborted();
      const how = { strong, patienceMs: Math.max(0, endsAt - clock.now()) };
      for (const [wanted, value] of await this.#readPage(page, loadMany, how)) values.set(wanted, value);
    }
    return asked.map(({ wanted }) => values.get(wanted));
  }

  /** Takes what this process holds, so that it fills no page. */
  #isHeld({ wanted, ref }: Asked<K>, values: Map<Wanted, V | undefined>): boolean {
    const held = ref && this.reads.getFromMemory(ref.record.key);
    if (held) values.set(wanted, held.entry.value);
    return held !== undefined;
  }

  #readPage(
    page: readonly Asked<K>[],
    loadMany: LoadMany<K, V>,
    how: Pick<ReadRequest<V>, 'strong' | 'patienceMs'>,
  ): Promise<(readonly [Wanted, V | undefined])[]> {
    const call = (wanted: readonly Wanted[]) => this.#call(loadMany, page, new Set(wanted));
    const { runtime, counters } = this;
    const batch = new LoadBatch<V>({ runtime, counters, call }, page.length);
    const reading = page.map(async ({ wanted, ref }) => {
      const load = (): Promise<V | undefined> => batch.load(wanted);
      // A key that the schema refuses skips the cache.
      const read = ref ? () => this.#read(ref, { load, batch, ...how }) : load;
      return [wanted, await batch.run(read)] as const;
    });
    return Promise.all(reading);
  }

  #asked(key: K): Asked<K> {
    const ref = this.keyResolver.resolve(key);
    return ref ? { wanted: ref.record.key, key: ref.key, ref } : { wanted: Symbol(), key, ref };
  }

  async #read({ record, tags }: EntryRef<K>, rest: Omit<ReadRequest<V>, 'record' | 'tags'>): Promise<V | undefined> {
    const { answer } = await this.reads.read({ record, tags, ...rest });
    return answer.value;
  }

  async #call(
    loadMany: LoadMany<K, V>,
    page: readonly Asked<K>[],
    wanted: ReadonlySet<Wanted>,
  ): Promise<ReadonlyMap<Wanted, V | undefined>> {
    const missing = page.filter((one) => wanted.has(one.wanted));
    const loaded = await loadMany(missing.map(({ key }) => key));
    const values = new Map<Wanted, V | undefined>();
    for (const [key, value] of loaded) {
      const ref = this.keyResolver.resolve(key);
      if (ref) values.set(ref.record.key, value);
    }
    for (const one of missing) if (!one.ref) values.set(one.wanted, loaded.get(one.key));
    return values;
  }
}
