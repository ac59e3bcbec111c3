import type { Address, Addresses } from '../store/address.js';
import type { Counters } from '../counters.js';
import { pagesOf } from './pages.js';
import { ReadBatch, type Wanted } from './load-batch.js';
import type { ReadPath } from '../read/read-through.js';
import type { ReadRequest } from '../read/read-request.js';
import type { Tiers } from '../cache-runtime.js';

/**
 * Loads the values of all `missing` keys at once. A key that the map lacks has no value. Its keys are compared as the cache
 * compares keys: an object need not be the one that was asked for.
 */
export type LoadMany<K, V> = (missing: K[]) => Promise<ReadonlyMap<K, V | undefined>>;

interface Asked<K> {
  readonly wanted: Wanted;
  readonly key: K;
  /** `undefined` where the schema refuses the key. */
  readonly address: Address<K> | undefined;
}

interface How<V> extends Pick<ReadRequest<V>, 'strong' | 'patienceMs'> {
  readonly signal: AbortSignal | undefined;
}

/** Reads of many keys of one cache, each by the rules of the read path, page by page. */
export class ReadMany<K, V> {
  constructor(
    private readonly addresses: Addresses<K>,
    private readonly reads: ReadPath<K, V>,
    private readonly tiers: Tiers,
    private readonly counters: Counters,
  ) {}

  /** Answers in the order of `keys`. */
  async read(
    keys: readonly K[],
    loadMany: LoadMany<K, V>,
    { strong, patienceMs, signal }: How<V>,
  ): Promise<(V | undefined)[]> {
    const { clock } = this.tiers;
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
  #isHeld({ wanted, address }: Asked<K>, values: Map<Wanted, V | undefined>): boolean {
    const held = address && this.reads.held(address.slot.name);
    if (held) values.set(wanted, held.entry.value);
    return held !== undefined;
  }

  #readPage(
    page: readonly Asked<K>[],
    loadMany: LoadMany<K, V>,
    how: Pick<ReadRequest<V>, 'strong' | 'patienceMs'>,
  ): Promise<(readonly [Wanted, V | undefined])[]> {
    const call = (wanted: readonly Wanted[]) => this.#call(loadMany, page, new Set(wanted));
    const { tiers, counters } = this;
    const batch = new ReadBatch<V>({ tiers, counters, call }, page.length);
    const reading = page.map(async ({ wanted, address }) => {
      const load = (): Promise<V | undefined> => batch.load(wanted);
      // A key that the schema refuses skips the cache.
      const read = address ? () => this.#read(address, { load, batch, ...how }) : load;
      return [wanted, await batch.run(read)] as const;
    });
    return Promise.all(reading);
  }

  #asked(key: K): Asked<K> {
    const address = this.addresses.find(key);
    return address ? { wanted: address.slot.name, key: address.key, address } : { wanted: Symbol(), key, address };
  }

  async #read({ slot, tags }: Address<K>, rest: Omit<ReadRequest<V>, 'slot' | 'tags'>): Promise<V | undefined> {
    const { answer } = await this.reads.read({ slot, tags, ...rest });
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
      const address = this.addresses.find(key);
      if (address) values.set(address.slot.name, value);
    }
    for (const one of missing) if (!one.address) values.set(one.wanted, loaded.get(one.key));
    return values;
  }
}
