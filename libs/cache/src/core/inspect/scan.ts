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

/** Walks through everything that a cache has in the store. */
export class Scan<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly l2Lookup: L2Lookup<K, V>,
  ) {}

  /** The values that are stored and fresh. @throws {CacheError} `CACHE_UNAVAILABLE` when the store cannot go on. */
  async *values(): AsyncGenerator<V, void> {
    const { keys, store } = this.runtime;
    if (!store.scan) throw new CacheError('CACHE_UNAVAILABLE', 'This store cannot list what it has.');
    const { session } = store;
    for await (const recordKeys of store.scan(keys.recordPrefix(this.definition.name))) {
      // A place in the list of one server means nothing to another, nor after what stood there may have been lost.
      if (store.session !== session) throw new CacheError('CACHE_UNAVAILABLE', 'The store changed during the walk.');
      yield* await this.#fresh(recordKeys);
    }
  }

  get #form(): PayloadForm | undefined {
    return this.definition.codec?.form;
  }

  /** Two round trips: what stands there names its tags. */
  async #fresh(recordKeys: readonly string[]): Promise<V[]> {
    const { store, pending } = this.runtime;
    const { records: snapshots } = await store.read(recordKeys, [], this.#form);
    const standing = recordKeys.flatMap((recordKey, place) => scannedRecord(recordKey, snapshots[place], this.#form));
    const tags = [...new Set(standing.flatMap(({ value }) => value.tags.map(([tag]) => tag)))];
    const { tags: texts } = await store.read([], tags);
    const sightings = new Map(tags.map((tag, place) => [tag, tagVersionResult(tag, texts[place] ?? null)]));
    return standing.flatMap(({ recordKey, snapshot, value }) => {
      const seen = value.tags.map(([tag]) => sightings.get(tag) ?? tagVersionResult(tag, null));
      const found = this.l2Lookup.classify(snapshot, seen);
      if (found.kind !== 'value' || found.freshness !== 'fresh') return [];
      const concerned = pending.affects(
        recordKey,
        seen.map((tag) => tag.recordKey),
      );
      const stored = concerned ? undefined : found.entry.value;
      return stored === undefined ? [] : [stored];
    });
  }
}

function scannedRecord(
  recordKey: string,
  snapshot: RecordSnapshot | undefined,
  form: PayloadForm | undefined,
): ScannedRecord[] {
  const state = snapshot && decodeRecord(snapshot.text, form);
  return snapshot && state?.kind === 'value' ? [{ recordKey, snapshot, value: state.value }] : [];
}

function tagVersionResult(recordKey: string, text: string | null): TagVersionResult {
  return { recordKey, text, version: versionOf(text) };
}
