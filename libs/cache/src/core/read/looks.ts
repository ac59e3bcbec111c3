import { FreshnessProof } from '../coherence/freshness-proof.js';
import type { L1 } from './l1.js';
import { Look } from './look.js';
import type { L2Lookup } from './l2-lookup.js';
import type { FoundValue } from './lookup-result.js';
import type { ReadRequest } from './read-request.js';
import { TimeBudget, type L2Attempt } from './time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

type Place = Pick<ReadRequest<unknown>, 'record' | 'tags'>;

/** What a look came to: a value that is fresh, or what its read is to go on from; `undefined` where that has to look again. */
type Seen<V> = FoundValue<V> | Look<V> | undefined;

interface LookUnderWay<V> {
  readonly proof: FreshnessProof;
  readonly seen: Promise<Seen<V>>;
}

/** Looks at the store before it is known whether there is anything to load, shared by all who look at one slot at once. */
export class Looks<K, V> {
  readonly #underWay = new Map<string, LookUnderWay<V>>();

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly parts: { readonly l2Lookup: L2Lookup<K, V>; readonly l1: L1<V> },
  ) {}

  /** Whoever begins a look is given it where it found no value; to others it says nothing then. */
  at(place: Place): { readonly joined: boolean; readonly seen: Promise<Seen<V>> } {
    const { key } = place.record;
    const other = this.#underWay.get(key);
    if (other?.proof.isValid) return { joined: true, seen: other.seen };
    const proof = new FreshnessProof(this.runtime, [key, ...place.tags]);
    const seen = this.#look(place, proof);
    this.#underWay.set(key, { proof, seen });
    return { joined: false, seen };
  }

  async #look({ record, tags }: Place, proof: FreshnessProof): Promise<Seen<V>> {
    const { session } = this.runtime.store;
    const { inFlightRead } = proof;
    let open = false;
    try {
      if (session === undefined) return undefined;
      const attempt: L2Attempt = { session, inFlightRead, budget: TimeBudget.of(this.runtime) };
      const lookupResult = await this.parts.l2Lookup
        .fetch({ record, tags, strong: false }, attempt)
        .catch(() => undefined);
      const found = lookupResult?.state;
      if (found?.kind === 'value') {
        if (found.freshness !== 'fresh' || found.entry.absent) return undefined;
        this.parts.l1.putFetched(record, found, inFlightRead);
        return found;
      }
      if (found?.kind === 'loading') return undefined;
      open = true;
      return new Look(record.key, attempt, lookupResult, proof);
    } finally {
      if (!open) proof.release();
      if (this.#underWay.get(record.key)?.proof === proof) this.#underWay.delete(record.key);
    }
  }
}
