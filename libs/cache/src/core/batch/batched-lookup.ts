import type { ReadingOptions, RecordStore, StoreReading } from '../store/store.js';

interface Round {
  /** Requested record keys, each with its index in the reply. */
  readonly records: Map<string, number>;
  readonly tags: Map<string, number>;
  /** Whether one of the reads requires it. */
  proven: boolean;
  readonly reading: Promise<StoreReading>;
}

/** Merges the store reads that start in the same tick into one round trip. A record or tag is requested once. */
export class BatchedLookup implements Pick<RecordStore, 'read'> {
  #round: Round | undefined;

  constructor(private readonly store: Pick<RecordStore, 'read'>) {}

  async read(
    recordKeys: readonly string[],
    tags: readonly string[],
    { form, proven = false }: ReadingOptions,
  ): Promise<StoreReading> {
    const round = (this.#round ??= this.#nextRound(form));
    round.proven ||= proven;
    const recordPlaces = recordKeys.map((recordKey) => placeOf(recordKey, round.records));
    const tagPlaces = tags.map((tag) => placeOf(tag, round.tags));
    const reading = await round.reading;
    return {
      records: recordPlaces.map((place) => reading.records[place] ?? { text: null, ttlMs: 0 }),
      tags: tagPlaces.map((place) => reading.tags[place] ?? null),
    };
  }

  #nextRound(form: ReadingOptions['form']): Round {
    const [records, tags] = [new Map<string, number>(), new Map<string, number>()];
    const reading = Promise.resolve().then(() => {
      this.#round = undefined;
      return this.store.read([...records.keys()], [...tags.keys()], { form, proven: round.proven });
    });
    const round: Round = { records, tags, proven: false, reading };
    return round;
  }
}

function placeOf(name: string, places: Map<string, number>): number {
  const place = places.get(name) ?? places.size;
  places.set(name, place);
  return place;
}
