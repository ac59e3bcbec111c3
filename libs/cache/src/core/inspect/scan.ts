import { CacheError } from '../errors.js';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { PayloadForm } from '../codec/codec.js';
import type { L2Lookup } from '../read/l2-lookup.js';
import type { TagVersionResult } from '../read/lookup-result.js';
import type { RecordSnapshot } from '../store/store.js';
import { decodeRecord, type RecordValue, versionOf } from '../store/record-format.js';
import type { CacheRuntime } from '../cache-runtime.js';

interface ScannedRecord {
  readonly recordKey: string;
  readonly snapshot: RecordSnapshot;
  readonly value: RecordValue;
}

/** Iterates over the records of a cache in the store. */
export class Scan<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly l2Lookup: L2Lookup<K, V>,
  ) {}

  /** Yields the values that are stored and fresh. @throws {CacheError} `CACHE_UNAVAILABLE` when the store cannot continue. */
  async *values(): AsyncGenerator<V, void> {
    const { keys, store } = this.runtime;
    if (!store.scan) throw new CacheError('CACHE_UNAVAILABLE', 'Cannot scan: this store does not support it.');
    const { session } = store;
    for await (const recordKeys of store.scan(keys.recordPrefix(this.definition.name))) {
      // A cursor is valid on one server only, and records may have been lost with the connection.
      if (store.session !== session)
        throw new CacheError(
          'CACHE_UNAVAILABLE',
          'The scan stopped because the connection to the store changed. Start it again.',
        );
      yield* await this.#fresh(recordKeys);
    }
  }

  get #form(): PayloadForm | undefined {
    return this.definition.codec?.form;
  }

  /** Takes two round trips, because the records name the tags to read. */
  async #fresh(recordKeys: readonly string[]): Promise<V[]> {
    const { store, pending } = this.runtime;
    const { records: snapshots } = await store.read(recordKeys, [], { form: this.#form });
    const scanned = recordKeys.flatMap((recordKey, place) => scannedRecord(recordKey, snapshots[place], this.#form));
    const tags = [...new Set(scanned.flatMap(({ value }) => value.tags.map(([tag]) => tag)))];
    const { tags: texts } = await store.read([], tags);
    const tagVersions = new Map(tags.map((tag, place) => [tag, tagVersionResult(tag, texts[place] ?? null)]));
    return scanned.flatMap(({ recordKey, snapshot, value }) => {
      const current = value.tags.map(([tag]) => tagVersions.get(tag) ?? tagVersionResult(tag, null));
      const found = this.l2Lookup.classify(snapshot, current);
      if (found.kind !== 'value' || found.freshness !== 'fresh' || !found.entry.readable) return [];
      const isPending = pending.affects(
        recordKey,
        current.map((tag) => tag.recordKey),
      );
      const stored = isPending ? undefined : found.entry.value;
      return stored === undefined ? [] : [stored];
    });
  }
}

function scannedRecord(
  recordKey: string,
  snapshot: RecordSnapshot | undefined,
  form: PayloadForm | undefined,
): ScannedRecord[] {
  if (!snapshot || snapshot.text === null) return [];
  const state = decodeRecord(snapshot.text, form);
  return state.kind === 'value' ? [{ recordKey, snapshot, value: state.value }] : [];
}

function tagVersionResult(recordKey: string, text: string | null): TagVersionResult {
  return { recordKey, text, version: versionOf(text) };
}
