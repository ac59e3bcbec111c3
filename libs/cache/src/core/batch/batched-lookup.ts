import type { PayloadForm } from '../codec/codec.js';
import type { SlotStore, StoreReading } from '../store/store.js';

interface Round {
  /** What is asked for, with its place in the answer. */
  readonly slots: Map<string, number>;
  readonly tags: Map<string, number>;
  readonly reading: Promise<StoreReading>;
}

/** Reads a store in one round trip for all reads of a cache that ask before anything else happens; what several ask for is read once. */
export class JointReads implements Pick<SlotStore, 'read'> {
  #round: Round | undefined;

  constructor(private readonly store: Pick<SlotStore, 'read'>) {}

  async read(slots: readonly string[], tags: readonly string[], form: PayloadForm): Promise<StoreReading> {
    const round = (this.#round ??= this.#nextRound(form));
    const slotPlaces = slots.map((slot) => placeOf(slot, round.slots));
    const tagPlaces = tags.map((tag) => placeOf(tag, round.tags));
    const reading = await round.reading;
    return {
      slots: slotPlaces.map((place) => reading.slots[place] ?? { text: null, ttlMs: 0 }),
      tags: tagPlaces.map((place) => reading.tags[place] ?? null),
    };
  }

  #nextRound(form: PayloadForm): Round {
    const [slots, tags] = [new Map<string, number>(), new Map<string, number>()];
    const reading = Promise.resolve().then(() => {
      this.#round = undefined;
      return this.store.read([...slots.keys()], [...tags.keys()], form);
    });
    return { slots, tags, reading };
  }
}

function placeOf(name: string, places: Map<string, number>): number {
  const place = places.get(name) ?? places.size;
  places.set(name, place);
  return place;
}
