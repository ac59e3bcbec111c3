import type { Address, Addresses } from './address.js';
import type { Counters } from './counters.js';
import { ReadBatch, type Wanted } from './read-batch.js';
import type { ReadPath } from './read-path.js';
import type { ReadRequest } from './read-request.js';
import type { Tiers } from './tiers.js';

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

/** Reads of many keys of one cache, each by the rules of the read path. */
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
    how: Pick<ReadRequest<V>, 'strong' | 'patienceMs'>,
  ): Promise<(V | undefined)[]> {
    const asked = keys.map((key) => this.#asked(key));
    const distinct = new Map(asked.map((one) => [one.wanted, one]));
    const call = (wanted: readonly Wanted[]) => this.#call(loadMany, distinct, new Set(wanted));
    const { tiers, counters } = this;
    const batch = new ReadBatch<V>({ tiers, counters, call }, distinct.size);
    const reading = [...distinct.values()].map(async ({ wanted, address }) => {
      const load = (): Promise<V | undefined> => batch.load(wanted);
      // A key that the schema refuses skips the cache.
      const read = address ? () => this.#read(address, { load, batch, ...how }) : load;
      return [wanted, await batch.run(read)] as const;
    });
    const values = new Map(await Promise.all(reading));
    return asked.map(({ wanted }) => values.get(wanted));
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
    asked: ReadonlyMap<Wanted, Asked<K>>,
    wanted: ReadonlySet<Wanted>,
  ): Promise<ReadonlyMap<Wanted, V | undefined>> {
    const missing = [...asked.values()].filter((one) => wanted.has(one.wanted));
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
