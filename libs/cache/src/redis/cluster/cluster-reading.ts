import { leasePrefix } from '../../core/store/record-format.js';
import type { ReadingOptions, RecordSnapshot, RecordStore, StoreReading } from '../../core/store/store.js';

/** The records and the tags that one master has. */
export interface Part {
  readonly recordKeys: string[];
  readonly tags: string[];
}

/** Divides records and tags by the store of their master. */
export function partsOf<Store>(
  recordKeys: readonly string[],
  tags: readonly string[],
  storeOf: (recordKey: string) => Store,
): ReadonlyMap<Store, Part> {
  const parts = new Map<Store, Part>();
  const partOf = (recordKey: string): Part => {
    const store = storeOf(recordKey);
    const part = parts.get(store) ?? { recordKeys: [], tags: [] };
    parts.set(store, part);
    return part;
  };
  for (const recordKey of recordKeys) partOf(recordKey).recordKeys.push(recordKey);
  for (const tag of tags) partOf(tag).tags.push(tag);
  return parts;
}

/** A reading of records of several masters. It collects what they reply. */
export class ClusterReading {
  readonly #records = new Map<string, RecordSnapshot>();
  readonly #tags = new Map<string, string | null>();
  /** The text of a record whose lease an earlier attempt of this reading has acquired. */
  readonly #ownLease: string | undefined;

  constructor(private readonly options: ReadingOptions) {
    this.#ownLease = options.lease && leasePrefix(options.lease.token);
  }

  /** Reads a part from a store. */
  async read(store: Pick<RecordStore, 'read'>, recordKeys: readonly string[], tags: readonly string[]): Promise<void> {
    const { records, tags: versions } = await store.read(recordKeys, tags, this.options);
    recordKeys.forEach((recordKey, index) => {
      const record = records[index] ?? ABSENT;
      this.#records.set(recordKey, record.text !== null && record.text === this.#ownLease ? LEASED : record);
    });
    tags.forEach((tag, index) => this.#tags.set(tag, versions[index] ?? null));
  }

  /** The records whose lease it has acquired. */
  get acquired(): readonly string[] {
    return [...this.#records].flatMap(([recordKey, { acquired }]) => (acquired ? recordKey : []));
  }

  of(recordKeys: readonly string[], tags: readonly string[]): StoreReading {
    return {
      records: recordKeys.map((recordKey) => this.#records.get(recordKey) ?? ABSENT),
      tags: tags.map((tag) => this.#tags.get(tag) ?? null),
    };
  }
}

/** Waits for all, also when one fails. @throws the first failure */
export async function allOf(reads: readonly Promise<void>[]): Promise<void> {
  for (const read of await Promise.allSettled(reads)) if (read.status === 'rejected') throw read.reason;
}

const ABSENT: RecordSnapshot = { text: null, ttlMs: 0 };
const LEASED: RecordSnapshot = { text: null, ttlMs: 0, acquired: true };
