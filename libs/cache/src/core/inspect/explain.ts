import type { EntryRef } from '../store/key-resolver.js';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { Lifetimes } from '../policy/lifetimes.js';
import { hasSchemaOf, type L2Lookup, sameTags } from '../read/l2-lookup.js';
import type { TagVersionResult } from '../read/lookup-result.js';
import type { JournalEntry } from '../observe/journal-entry.js';
import type { Miss } from '../observe/miss-log.js';
import { ABSENT, type L1Entry } from '../store/entry.js';
import type { RecordSnapshot, Tier } from '../store/store.js';
import { decodeRecord, type RecordValue, versionOf } from '../store/record-format.js';
import type { CacheRuntime } from '../cache-runtime.js';

/**
 * The state that a read would find:
 *
 * - `l1`, `l2`: a fresh value, in memory or in the store
 * - `stale`: a value that is served while it is refreshed
 * - `stale-if-error`: a value that is served only if the origin fails
 * - `absent`: no value
 * - `loading`, `writing`: a load or a write in progress
 * - `failed`: the origin failed a moment ago, and loads are blocked
 * - `invalidated`, `older-schema`, `newer-schema`, `other-schema`, `unreadable`: a value that may not be served
 * - `pending`: an invalidation that this process still has to apply
 * - `unavailable`: no connection to the store
 */
export type ExplainedState =
  | 'l1'
  | 'l2'
  | 'stale'
  | 'stale-if-error'
  | 'absent'
  | 'loading'
  | 'writing'
  | 'failed'
  | 'invalidated'
  | 'older-schema'
  | 'newer-schema'
  | 'other-schema'
  | 'unreadable'
  | 'pending'
  | 'unavailable';

/** One tag of an entry. It invalidates the entry if the entry captured another version of it, or none. */
export interface ExplainedTag {
  /** Its complete key in the store. */
  readonly recordKey: string;
  /** The version that the entry captured before its load. */
  readonly captured: string | undefined;
  /** The present version. `undefined` during a write, after an invalidation, and before the first entry that needs the tag. */
  readonly current: string | undefined;
}

/** The result of `cache.explain`. Times are in milliseconds. */
export interface Explanation<K> {
  readonly cache: string;
  /** The canonical key. */
  readonly key: K;
  /** The complete key of its record in the store. */
  readonly recordKey: string;
  readonly state: ExplainedState;
  /** The tier that has the value; `undefined` without a value. */
  readonly tier: Tier | undefined;
  /** Whether the entry caches that there is no value. */
  readonly negative: boolean;
  readonly tags: readonly ExplainedTag[];
  /** The complete keys of the tags that invalidated the entry. */
  readonly invalidatedBy: readonly string[];
  /** How long the value stays fresh, negative once it is stale. For a lease, a write or a back-off, its remaining time. */
  readonly ttlMs: number | undefined;
  /** Time since the load of the value began. */
  readonly ageMs: number | undefined;
  readonly policy: ExplainedPolicy;
  /** Why a read of this process last loaded the entry; `undefined` if none of its last 1,000 misses was for it. */
  readonly lastMiss: ExplainedMiss | undefined;
}

/** A read that loaded the entry. */
export interface ExplainedMiss extends Omit<Miss, 'cache' | 'recordKey'> {
  /** The write or invalidation of this process that caused it; `undefined` for one of another instance. */
  readonly by: JournalEntry | undefined;
}

/** The policy in milliseconds, counted from the start of a load. */
export interface ExplainedPolicy extends Lifetimes {
  readonly version: number;
  readonly negativeMs: number | undefined;
  readonly errorBackOffMs: number | undefined;
  readonly strict: boolean;
}

type Finding = Pick<Explanation<unknown>, 'state' | 'tags'> &
  Partial<Pick<Explanation<unknown>, 'tier' | 'negative' | 'ttlMs' | 'ageMs' | 'invalidatedBy'>>;

/** The messages of a write return to this process so long after the write, at most. */
const ECHO_MS = 1_000;

/** Reports what a read would find, looking in the same order, and changes nothing. */
export class Explainer<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly l2Lookup: L2Lookup<K, V>,
  ) {}

  async explain({ key, record, tags }: EntryRef<K>): Promise<Explanation<K>> {
    const nothing = { tier: undefined, negative: false, invalidatedBy: [], ttlMs: undefined, ageMs: undefined };
    const found = await this.#find(record.key, tags);
    const lastMiss = this.#lastMiss(record.key);
    return { ...nothing, ...found, cache: record.cache, key, recordKey: record.key, policy: this.#policy, lastMiss };
  }

  #lastMiss(recordKey: string): ExplainedMiss | undefined {
    const { journal, misses } = this.runtime.observation;
    const found = misses.lastOf(recordKey);
    if (!found) return undefined;
    const { cache: _cache, recordKey: _recordKey, ...miss } = found;
    const { invalidatedAt, invalidated, at } = miss;
    if (invalidatedAt === undefined) return { ...miss, by: undefined };
    const [by] = invalidated.flatMap((name) => journal.lastOf(name, invalidatedAt - ECHO_MS, at) ?? []);
    return { ...miss, by };
  }

  async #find(recordKey: string, tags: readonly string[]): Promise<Finding> {
    const { pending, store } = this.runtime;
    const unknownTags = tags.map((tag) => ({ recordKey: tag, captured: undefined, current: undefined }));
    if (pending.affects(recordKey, tags)) return { state: 'pending', tags: unknownTags };
    const local = this.#inL1(recordKey, tags);
    if (local) return local;
    const reading = await store.read([recordKey], tags, { form: this.definition.codec?.form }).catch(() => undefined);
    const [snapshot] = reading?.records ?? [];
    if (!reading || !snapshot) return { state: 'unavailable', tags: unknownTags };
    const texts = tags.map((tag, place) => ({ recordKey: tag, text: reading.tags[place] ?? null }));
    return this.#inL2(
      snapshot,
      texts.map((tag) => ({ ...tag, version: versionOf(tag.text) })),
    );
  }

  #inL1(recordKey: string, tags: readonly string[]): Finding | undefined {
    const { coherence, clock } = this.runtime;
    const now = clock.now();
    const local = coherence.freshAt(now) ? coherence.local.get(recordKey, now) : undefined;
    if (!local || !local.tags.every(({ tag, version }) => tag.version === version)) return undefined;
    return {
      state: now < local.freshUntil ? 'l1' : 'stale',
      tier: 'l1',
      negative: local.entry === ABSENT,
      tags: tags.map((tag, place) => l1Tag(tag, local, place)),
      ttlMs: local.freshUntil - now,
      ageMs: now - local.loadedAt,
    };
  }

  #inL2(snapshot: RecordSnapshot, tagVersions: readonly TagVersionResult[]): Finding {
    const { text, ttlMs } = snapshot;
    const state = text === null ? undefined : decodeRecord(text, this.definition.codec?.form);
    if (state?.kind !== 'value') {
      const tags = tagVersions.map(({ recordKey, version }) => ({ recordKey, captured: undefined, current: version }));
      return state ? { state: state.kind, tags, ttlMs } : { state: 'absent', tags, ttlMs: undefined };
    }
    const { value } = state;
    const captured = new Map(value.tags);
    const tags = tagVersions.map(({ recordKey, version }) => ({
      recordKey,
      captured: captured.get(recordKey),
      current: version,
    }));
    const times = { ttlMs: ttlMs - value.freshUntilMs, ageMs: Math.max(0, value.expiryMs - ttlMs) };
    const classified = this.#classify(value, snapshot, tagVersions);
    const invalidatedBy = tags.filter((tag) => tag.captured !== tag.current).map(({ recordKey }) => recordKey);
    const negative = value.content === undefined;
    return {
      state: classified,
      tier: this.runtime.store.tier,
      negative,
      tags,
      ...times,
      invalidatedBy,
    };
  }

  /** Uses the decision of the read path, and adds why a value may not be served. */
  #classify(value: RecordValue, snapshot: RecordSnapshot, tags: readonly TagVersionResult[]): ExplainedState {
    const found = this.l2Lookup.classify(snapshot, tags);
    if (found.kind === 'newer') return 'newer-schema';
    if (found.kind !== 'value' || !found.entry.readable) return this.#reasonNotServed(value, tags);
    return found.freshness === 'fresh' ? 'l2' : found.freshness;
  }

  #reasonNotServed(value: RecordValue, tags: readonly TagVersionResult[]): ExplainedState {
    if (value.schemaVersion < this.definition.version) return 'older-schema';
    if (!hasSchemaOf(value, this.definition)) return 'other-schema';
    return sameTags(value.tags, tags) ? 'unreadable' : 'invalidated';
  }

  get #policy(): ExplainedPolicy {
    const { version, lifetimes, negative, errorBackOffMs, strict = false } = this.definition;
    return { version, ...lifetimes, negativeMs: negative?.expiryMs, errorBackOffMs, strict };
  }
}

function l1Tag(recordKey: string, local: L1Entry, place: number): ExplainedTag {
  const captured = local.tags[place];
  return { recordKey, captured: captured?.version, current: captured?.tag.version };
}
