import { Evidence } from '../coherence/freshness-proof.js';
import type { LocalReads } from './l1.js';
import { Look } from './look.js';
import type { Lookup } from './l2-lookup.js';
import type { FoundValue } from './lookup-result.js';
import type { ReadRequest } from './read-request.js';
import { StoreBudget, type Visit } from './time-budget.js';
import type { Tiers } from '../cache-runtime.js';

type Place = Pick<ReadRequest<unknown>, 'slot' | 'tags'>;

/** What a look came to: a value that is fresh, or what its read is to go on from; `undefined` where that has to look again. */
type Seen<V> = FoundValue<V> | Look<V> | undefined;

interface LookUnderWay<V> {
  readonly evidence: Evidence;
  readonly seen: Promise<Seen<V>>;
}

/** Looks at the store before it is known whether there is anything to load, shared by all who look at one slot at once. */
export class Looks<K, V> {
  readonly #underWay = new Map<string, LookUnderWay<V>>();

  constructor(
    private readonly tiers: Tiers,
    private readonly parts: { readonly lookup: Lookup<K, V>; readonly local: LocalReads<V> },
  ) {}

  /** Whoever begins a look is given it where it found no value; to others it says nothing then. */
  at(place: Place): { readonly joined: boolean; readonly seen: Promise<Seen<V>> } {
    const { name } = place.slot;
    const other = this.#underWay.get(name);
    if (other?.evidence.holds) return { joined: true, seen: other.seen };
    const evidence = new Evidence(this.tiers, [name, ...place.tags]);
    const seen = this.#look(place, evidence);
    this.#underWay.set(name, { evidence, seen });
    return { joined: false, seen };
  }

  async #look({ slot, tags }: Place, evidence: Evidence): Promise<Seen<V>> {
    const { session } = this.tiers.store;
    const { ticket } = evidence;
    let open = false;
    try {
      if (session === undefined) return undefined;
      const visit: Visit = { session, ticket, budget: StoreBudget.of(this.tiers) };
      const sighting = await this.parts.lookup.read({ slot, tags, strong: false }, visit).catch(() => undefined);
      const found = sighting?.found;
      if (found?.kind === 'value') {
        if (found.freshness !== 'fresh' || found.entry.absent) return undefined;
        this.parts.local.admitFound(slot, found, ticket);
        return found;
      }
      if (found?.kind === 'loading') return undefined;
      open = true;
      return new Look(slot.name, visit, sighting, evidence);
    } finally {
      if (!open) evidence.end();
      if (this.#underWay.get(slot.name)?.evidence === evidence) this.#underWay.delete(slot.name);
    }
  }
}
