import { CacheError } from '../errors.js';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { PayloadForm } from '../codec/codec.js';
import type { Lookup } from '../read/l2-lookup.js';
import type { TagSighting } from '../read/lookup-result.js';
import type { SlotSnapshot } from '../store/store.js';
import { decodeSlot, type SlotValue, versionOf } from '../store/record-format.js';
import type { Tiers } from '../cache-runtime.js';

interface Standing {
  readonly slot: string;
  readonly snapshot: SlotSnapshot;
  readonly value: SlotValue;
}

/** Walks through everything that a cache has in the store. */
export class Scan<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    private readonly lookup: Lookup<K, V>,
  ) {}

  /** The values that are stored and fresh. @throws {CacheError} `CACHE_UNAVAILABLE` when the store cannot go on. */
  async *values(): AsyncGenerator<V, void> {
    const { names, store } = this.tiers;
    if (!store.scan) throw new CacheError('CACHE_UNAVAILABLE', 'This store cannot list what it has.');
    const { session } = store;
    for await (const slots of store.scan(names.slotsOf(this.definition.name))) {
      // A place in the list of one server means nothing to another, nor after what stood there may have been lost.
      if (store.session !== session) throw new CacheError('CACHE_UNAVAILABLE', 'The store changed during the walk.');
      yield* await this.#fresh(slots);
    }
  }

  get #form(): PayloadForm | undefined {
    return this.definition.codec?.form;
  }

  /** Two round trips: what stands there names its tags. */
  async #fresh(slots: readonly string[]): Promise<V[]> {
    const { store, pending } = this.tiers;
    const { slots: snapshots } = await store.read(slots, [], this.#form);
    const standing = slots.flatMap((slot, place) => standingIn(slot, snapshots[place], this.#form));
    const tags = [...new Set(standing.flatMap(({ value }) => value.tags.map(([tag]) => tag)))];
    const { tags: texts } = await store.read([], tags);
    const sightings = new Map(tags.map((tag, place) => [tag, sightingOf(tag, texts[place] ?? null)]));
    return standing.flatMap(({ slot, snapshot, value }) => {
      const seen = value.tags.map(([tag]) => sightings.get(tag) ?? sightingOf(tag, null));
      const found = this.lookup.classify(snapshot, seen);
      if (found.kind !== 'value' || found.freshness !== 'fresh') return [];
      const concerned = pending.concerns(
        slot,
        seen.map((tag) => tag.slot),
      );
      const stored = concerned ? undefined : found.entry.value;
      return stored === undefined ? [] : [stored];
    });
  }
}

function standingIn(slot: string, snapshot: SlotSnapshot | undefined, form: PayloadForm | undefined): Standing[] {
  const state = snapshot && decodeSlot(snapshot.text, form);
  return snapshot && state?.kind === 'value' ? [{ slot, snapshot, value: state.value }] : [];
}

function sightingOf(slot: string, text: string | null): TagSighting {
  return { slot, text, version: versionOf(text) };
}
