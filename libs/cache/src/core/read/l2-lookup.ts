import type { CacheDefinition } from '../policy/define-cache.js';
import type { Codec } from '../codec/codec.js';
import { Entry } from '../store/entry.js';
import { freshness } from '../policy/lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import type { RecordSnapshot } from '../store/store.js';
import type { ReadBatch, ReadRequest } from './read-request.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { LookupState, LookupResult, TagVersionResult, Missing } from './lookup-result.js';
import { type CapturedTag, decodeRecord, fillIdOf, type RecordValue, versionOf } from '../store/record-format.js';
import type { L2Attempt } from './time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

interface LookupRequest extends Pick<ReadRequest<unknown>, 'record' | 'tags' | 'strong'> {
  /** What its round trip is shared with. */
  readonly batch?: Pick<ReadBatch<unknown>, 'read'> | undefined;
}

const NONE: readonly string[] = [];

/** Reads slots and the tags it needs from the store in one round trip, and says what they mean. */
export class L2Lookup<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
  ) {}

  /**
   * A strong read takes every tag's version from the store; another takes what L1 knows coherently.
   *
   * @throws when the store is away, or too slow for this read.
   */
  async fetch(
    read: LookupRequest,
    { inFlightRead, budget }: Pick<L2Attempt, 'inFlightRead' | 'budget'>,
  ): Promise<LookupResult<V>> {
    const { records, tags } = await budget.step(() => this.#fetch([read.record.key], read, inFlightRead));
    const state = this.classify(records[0], tags);
    if (state.kind !== 'missing' || state.invalidFillId === undefined || !tags.some(isKnown)) return { state, tags };
    // A tag that was evicted gets another version without a push. Before L1's version condemns an entry, the store is asked.
    const asked = await budget.step(() => this.#fetch([], { ...read, strong: true }, inFlightRead));
    return { state: this.classify(records[0], asked.tags), tags: asked.tags };
  }

  /** Tags alone, as this process knows them or the store says. @throws when the store is away. */
  async fetchTags(tags: readonly string[]): Promise<readonly TagVersionResult[]> {
    const { coherence } = this.runtime;
    const inFlightRead = coherence.inFlightReads.begin(tags);
    try {
      return (await this.#fetch([], { tags, strong: false }, inFlightRead)).tags;
    } finally {
      coherence.inFlightReads.end(inFlightRead);
    }
  }

  classify(snapshot: RecordSnapshot | undefined, tags: readonly TagVersionResult[]): LookupState<V> {
    const { text, ttlMs } = snapshot ?? { text: null, ttlMs: 0 };
    // We leave nothing without a TTL: a foreign hand wrote it, or keeps what was to end.
    if (text !== null && ttlMs <= 0) return replaceable(text);
    const state = decodeRecord(text, this.#codec.form);
    switch (state.kind) {
      case 'absent':
        return { kind: 'missing', invalidFillId: undefined };
      case 'loading':
        return { kind: 'loading', ttlMs };
      case 'writing':
        return { kind: 'writing' };
      case 'failed':
        return state;
      case 'unreadable':
        return { ...replaceable(text), unreadable: true };
      case 'value':
        return this.#judge(state.value, ttlMs, tags);
    }
  }

  async #fetch(
    recordKeys: readonly string[],
    { tags, strong, batch }: Omit<LookupRequest, 'record'>,
    inFlightRead: InFlightRead,
  ): Promise<{ readonly records: readonly RecordSnapshot[]; readonly tags: readonly TagVersionResult[] }> {
    const { coherence, store } = this.runtime;
    const trusted = !strong && coherence.fresh;
    const known = tags.map((tag) => (trusted ? coherence.tags.version(tag) : undefined));
    const unknown = known.includes(undefined) ? tags.filter((_, index) => known[index] === undefined) : NONE;
    const reading =
      recordKeys.length + unknown.length > 0
        ? await (batch ?? store).read(recordKeys, unknown, this.#codec.form)
        : { records: [], tags: [] };
    const sighted = tags.map((tag, index) => {
      const version = known[index];
      return version === undefined
        ? this.#tagVersion(tag, reading.tags[unknown.indexOf(tag)] ?? null, inFlightRead)
        : { recordKey: tag, text: null, version };
    });
    return { records: reading.records, tags: sighted };
  }

  /** Tags before age: what was invalidated is never served, however stale a value may be. */
  #judge(stored: RecordValue, ttlMs: number, tags: readonly TagVersionResult[]): LookupState<V> {
    if (stored.schemaVersion > this.definition.version) return { kind: 'newer' };
    const current = stored.schemaVersion === this.definition.version && sameTags(stored.tags, tags);
    if (!current) return { kind: 'missing', invalidFillId: stored.fillId };
    const codec = this.#codecOf(stored);
    // Another release wrote it, and reads it: nobody is to replace the other's entries.
    if (!codec) return { kind: 'newer' };
    const entry = new Entry<V>(stored.content, stored.etag, codec);
    if (!entry.readable) return { kind: 'missing', invalidFillId: stored.fillId, unreadable: true };
    return { kind: 'value', entry, stored, ttlMs, freshness: freshness(stored, ttlMs) };
  }

  get #codec(): Codec {
    return this.definition.codec ?? jsonCodec;
  }

  #codecOf({ content }: RecordValue): Codec | undefined {
    if (!content) return this.#codec;
    return [this.#codec, jsonCodec].find(({ name }) => name === content.codec);
  }

  #tagVersion(tag: string, text: string | null, inFlightRead: InFlightRead): TagVersionResult {
    const version = versionOf(text);
    const { tags } = this.runtime.coherence;
    if (version === undefined) tags.forget(tag);
    else if (!inFlightRead.cachingPrevented) tags.learn(tag, version);
    return { recordKey: tag, text, version };
  }
}

/** A text that says nothing. One without a fill id stays: to delete it could end somebody's write. */
function replaceable(text: string | null): Missing | { readonly kind: 'newer' } {
  const invalidFillId = fillIdOf(text);
  return invalidFillId === undefined ? { kind: 'newer' } : { kind: 'missing', invalidFillId };
}

/** Whether L1 knew it. */
function isKnown({ text, version }: TagVersionResult): boolean {
  return text === null && version !== undefined;
}

/** Whether what an entry captured is what stands. */
export function sameTags(captured: readonly CapturedTag[], current: readonly TagVersionResult[]): boolean {
  return (
    captured.length === current.length &&
    captured.every(
      ([recordKey, version], index) => recordKey === current[index]?.recordKey && version === current[index].version,
    )
  );
}
