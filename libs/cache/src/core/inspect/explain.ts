import type { EntryRef } from '../store/key-resolver.js';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { Lifetimes } from '../policy/lifetimes.js';
import { type L2Lookup, sameTags } from '../read/l2-lookup.js';
import type { TagVersionResult } from '../read/lookup-result.js';
import type { L1Entry, RecordSnapshot, Tier } from '../store/store.js';
import { decodeRecord, type RecordValue, versionOf } from '../store/record-format.js';
import type { CacheRuntime } from '../cache-runtime.js';

/**
 * What a read would find, from a closed set: a fresh value (`l1`, `l2`), one to serve while it is loaded anew (`stale`) or in
 * place of an error only (`spare`), nothing (`absent`), somebody loading or writing it, a failure of the origin to hold off for,
 * a value that may not be served (`invalidated`, `older-schema`, `newer-schema`, `unreadable`), an invalidation that this process
 * still has to apply (`pending`), or no store (`unavailable`).
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
  | 'unreadable'
  | 'pending'
  | 'unavailable';

/** One tag of an entry. It invalidates the entry when both versions are known and differ, or the entry lacks it. */
export interface ExplainedTag {
  /** Its complete name in the store. */
  readonly recordKey: string;
  /** The version that the entry carries. */
  readonly captured: string | undefined;
  /** The version it has now; `undefined` while it is written, and where nobody needed it yet or it was invalidated since. */
  readonly current: string | undefined;
}

/** What `cache.explain` answers. Times are milliseconds. */
export interface Explanation<K> {
  readonly cache: string;
  /** The canonical key. */
  readonly key: K;
  /** The complete name of its slot in the store. */
  readonly recordKey: string;
  readonly state: ExplainedState;
  /** Where the value was found; `undefined` without one. */
  readonly tier: Tier | undefined;
  /** Whether the entry says that there is no value. */
  readonly negative: boolean;
  readonly tags: readonly ExplainedTag[];
  /** The slots of the tags that invalidated the entry. */
  readonly invalidatedBy: readonly string[];
  /** How long the value stays fresh, negative once it is stale; how long a lease, a write or a back-off still lasts. */
  readonly ttlMs: number | undefined;
  /** How long ago the load of the value began. */
  readonly ageMs: number | undefined;
  readonly policy: ExplainedPolicy;
}

/** The policy in numbers: all counted from the start of a load. */
export interface ExplainedPolicy extends Lifetimes {
  readonly version: number;
  readonly negativeMs: number | undefined;
  readonly errorBackOffMs: number | undefined;
  readonly strict: boolean;
}

type Finding = Pick<Explanation<unknown>, 'state' | 'tags'> &
  Partial<Pick<Explanation<unknown>, 'tier' | 'negative' | 'ttlMs' | 'ageMs' | 'invalidatedBy'>>;

/** Says what a read would find, in the order it would look, and changes nothing. */
export class Explainer<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly l2Lookup: L2Lookup<K, V>,
  ) {}

  async explain({ key, record, tags }: EntryRef<K>): Promise<Explanation<K>> {
    const nothing = { tier: undefined, negative: false, invalidatedBy: [], ttlMs: undefined, ageMs: undefined };
    const found = await this.#find(record.key, tags);
    return { ...nothing, ...found, cache: record.cache, key, recordKey: record.key, policy: this.#policy };
  }

  async #find(recordKey: string, tags: readonly string[]): Promise<Finding> {
    const { pending, store } = this.runtime;
    const unseen = tags.map((tag) => ({ recordKey: tag, captured: undefined, current: undefined }));
    if (pending.affects(recordKey, tags)) return { state: 'pending', tags: unseen };
    const held = this.#held(recordKey, tags);
    if (held) return held;
    const reading = await store.read([recordKey], tags, this.definition.codec?.form).catch(() => undefined);
    const [snapshot] = reading?.records ?? [];
    if (!reading || !snapshot) return { state: 'unavailable', tags: unseen };
    const texts = tags.map((tag, place) => ({ recordKey: tag, text: reading.tags[place] ?? null }));
    return this.#stored(
      snapshot,
      texts.map((tag) => ({ ...tag, version: versionOf(tag.text) })),
    );
  }

  #held(recordKey: string, tags: readonly string[]): Finding | undefined {
    const { coherence, clock } = this.runtime;
    const now = clock.now();
    const held = coherence.freshAt(now) ? coherence.local.get(recordKey, now) : undefined;
    if (!held || now >= held.swrUntil || !held.tags.every(({ tag, version }) => tag.version === version))
      return undefined;
    return {
      state: now < held.freshUntil ? 'l1' : 'stale',
      tier: 'l1',
      negative: held.entry.absent,
      tags: tags.map((tag, place) => heldTag(tag, held, place)),
      ttlMs: held.freshUntil - now,
      ageMs: now - held.loadedAt,
    };
  }

  #stored(snapshot: RecordSnapshot, sightings: readonly TagVersionResult[]): Finding {
    const state = decodeRecord(snapshot.text, this.definition.codec?.form);
    if (state.kind !== 'value') {
      const tags = sightings.map(({ recordKey, version }) => ({ recordKey, captured: undefined, current: version }));
      return { state: state.kind, tags, ttlMs: state.kind === 'absent' ? undefined : snapshot.ttlMs };
    }
    const { value } = state;
    const captured = new Map(value.tags);
    const tags = sightings.map(({ recordKey, version }) => ({
      recordKey,
      captured: captured.get(recordKey),
      current: version,
    }));
    const times = { ttlMs: snapshot.ttlMs - value.freshUntilMs, ageMs: Math.max(0, value.expiryMs - snapshot.ttlMs) };
    const judged = this.#judge(value, snapshot, sightings);
    const invalidatedBy = tags.filter((tag) => tag.captured !== tag.current).map(({ recordKey }) => recordKey);
    const negative = value.content === undefined;
    return {
      state: judged,
      tier: this.runtime.store.tier,
      negative,
      tags,
      ...times,
      invalidatedBy,
    };
  }

  /** The lookup decides whether it may be served, here as in a read; this only names why not. */
  #judge(value: RecordValue, snapshot: RecordSnapshot, tags: readonly TagVersionResult[]): ExplainedState {
    const found = this.l2Lookup.classify(snapshot, tags);
    if (found.kind === 'newer') return 'newer-schema';
    if (found.kind !== 'value') return this.#whyNot(value, tags);
    return found.freshness === 'fresh' ? 'l2' : found.freshness;
  }

  #whyNot(value: RecordValue, tags: readonly TagVersionResult[]): ExplainedState {
    if (value.schemaVersion < this.definition.version) return 'older-schema';
    return sameTags(value.tags, tags) ? 'unreadable' : 'invalidated';
  }

  get #policy(): ExplainedPolicy {
    const { version, lifetimes, negative, errorBackOffMs, strict = false } = this.definition;
    return { version, ...lifetimes, negativeMs: negative?.expiryMs, errorBackOffMs, strict };
  }
}

function heldTag(recordKey: string, held: L1Entry, place: number): ExplainedTag {
  const captured = held.tags[place];
  return { recordKey, captured: captured?.version, current: captured?.tag.version };
}
