import type { CacheDefinition } from '../policy/define-cache.js';
import type { Codec } from '../codec/codec.js';
import { ABSENT, Entry } from '../store/entry.js';
import { freshness } from '../policy/lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import { type Lease, LONGEST_LEASE_MS, type RecordSnapshot } from '../store/store.js';
import type { ReadRequest } from './read-request.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { MissCause } from '../observe/miss-log.js';
import type { LookupState, LookupResult, TagVersionResult, Missing } from './lookup-result.js';
import {
  type CapturedTag,
  decodeRecord,
  fillIdOf,
  type RecordValue,
  valuePrefix,
  versionOf,
} from '../store/record-format.js';
import { type L2Attempt, tooSlow } from './l2-attempt.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** Records with the versions of their tags. */
interface Found {
  readonly records: readonly RecordSnapshot[];
  readonly tags: readonly TagVersionResult[];
}

type LookupRequest = Pick<ReadRequest<unknown>, 'record' | 'tags' | 'strong'>;

const NONE: readonly never[] = [];
/** Distinguishes a lease, or an error of a foreign program, from any other text. */
const PREFIX_LENGTH = 100;
const UNREADABLE: MissCause = { reason: 'unreadable' };
/** The clock of the store was set back, or the policy has other tags now. */
const EXPIRED: MissCause = { reason: 'expired' };

/** Looks up records, with the tags they need, in one round trip to the store, and interprets them. */
export class L2Lookup<K, V> {
  readonly #codec: Codec;
  #latestKnown: { readonly tags: readonly string[]; readonly versions: readonly TagVersionResult[] } = {
    tags: NONE,
    versions: NONE,
  };

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
  ) {
    this.#codec = definition.codec ?? jsonCodec;
  }

  /**
   * Looks up one record. A strong read takes all tag versions from the store, a default read takes the verified ones from L1. With a
   * `lease`, a missing record is leased.
   *
   * @throws when the store is unavailable, or too slow for this read.
   */
  async fetch(read: LookupRequest, attempt: Omit<L2Attempt, 'session'>, lease?: Lease): Promise<LookupResult<V>> {
    const found = await this.#fetch([read.record.key], read, attempt, lease);
    const state = this.classify(found.records[0], found.tags);
    if (state.kind !== 'missing' || state.replaces === undefined) return { state, tags: found.tags };
    return this.#fetchAgain(read, attempt, found, lease);
  }

  /** Looks up once more what the store must confirm, and leases a record that may be replaced. */
  async #fetchAgain(
    read: LookupRequest,
    attempt: Omit<L2Attempt, 'session'>,
    found: Found,
    lease: Lease | undefined,
  ): Promise<LookupResult<V>> {
    // An evicted tag gets a new version without a message. Before a version from L1 rejects an entry, the store is queried.
    const outdated = found.tags.some(isKnown) ? await this.#fetch([], { ...read, strong: true }, attempt) : found;
    const state = this.classify(found.records[0], outdated.tags);
    if (!lease || state.kind !== 'missing') return { state, tags: outdated.tags };
    const { replaces, unreadable, cause } = state;
    const leased = await this.#fetch([read.record.key], read, attempt, { ...lease, replaces });
    const after = this.classify(leased.records[0], leased.tags);
    return {
      state: after.kind === 'missing' ? { ...after, ...(unreadable && { unreadable }), cause } : after,
      tags: leased.tags,
    };
  }

  /**
   * Looks up many records in one round trip. Tags that several of them have are looked up once. With a `lease`, each absent record is
   * leased, and one that is outdated is not.
   *
   * @throws when the store is unavailable.
   */
  async fetchMany(
    refs: readonly Pick<LookupRequest, 'record' | 'tags'>[],
    strong: boolean,
    inFlightRead: InFlightRead,
    lease?: Lease,
  ): Promise<readonly LookupResult<V>[]> {
    const names = [...new Set(refs.flatMap(({ tags }) => tags))];
    const recordKeys = refs.map(({ record }) => record.key);
    const found = await this.#fetch(recordKeys, { tags: names, strong }, { inFlightRead }, lease);
    const results = this.#classifyAll(refs, found.records, found.tags);
    const isRejected = results.some(({ state }) => state.kind === 'missing' && state.replaces !== undefined);
    if (!isRejected || !found.tags.some(isKnown)) return results;
    const asked = await this.#fetch([], { tags: names, strong: true }, { inFlightRead });
    return this.#classifyAll(refs, found.records, asked.tags);
  }

  #classifyAll(
    refs: readonly Pick<LookupRequest, 'tags'>[],
    records: readonly RecordSnapshot[],
    tags: readonly TagVersionResult[],
  ): readonly LookupResult<V>[] {
    const byName = new Map(tags.map((tag) => [tag.recordKey, tag]));
    // Entries without tags of their own share one list.
    const lists = new Map<readonly string[], readonly TagVersionResult[]>();
    return refs.map((ref, index) => {
      const current = lists.get(ref.tags) ?? ref.tags.flatMap((name) => byName.get(name) ?? []);
      lists.set(ref.tags, current);
      return { state: this.classify(records[index], current), tags: current };
    });
  }

  /** Returns the versions of tags if L1 has all of them and may be trusted. */
  knownTags(tags: readonly string[]): readonly TagVersionResult[] | undefined {
    const { coherence, clock } = this.runtime;
    const now = clock.now();
    return coherence.freshAt(now) ? this.#allKnown(tags, now) : undefined;
  }

  /** Returns the versions of tags if L1 has all of them. Lookups with the same tags share one list, as their entries do. */
  #allKnown(tags: readonly string[], now: number): readonly TagVersionResult[] | undefined {
    const current = this.runtime.coherence.tags;
    const latest = this.#latestKnown;
    if (
      tags === latest.tags &&
      latest.versions.every(({ recordKey, version }) => current.version(recordKey, now) === version)
    )
      return latest.versions;
    const versions: TagVersionResult[] = [];
    for (const recordKey of tags) {
      const version = current.version(recordKey, now);
      if (version === undefined) return undefined;
      versions.push({ recordKey, text: null, version });
    }
    this.#latestKnown = { tags, versions };
    return versions;
  }

  /** Looks up tag versions only, from L1 or from the store. @throws when the store is unavailable. */
  async fetchTags(tags: readonly string[]): Promise<readonly TagVersionResult[]> {
    const { coherence } = this.runtime;
    const inFlightRead = coherence.beginRead(tags);
    return (await this.#fetch([], { tags, strong: false }, { inFlightRead })).tags;
  }

  classify(snapshot: RecordSnapshot | undefined, tags: readonly TagVersionResult[]): LookupState<V> {
    const { text, ttlMs, acquired = false } = snapshot ?? { text: null, ttlMs: 0 };
    if (text === null) return { kind: 'missing', replaces: undefined, acquired };
    // Every record of ours has a TTL. Another program wrote this one, or removed its TTL.
    if (ttlMs <= 0) return replaceable(text);
    const state = decodeRecord(text, this.#codec.form);
    switch (state.kind) {
      case 'loading':
        return ttlMs > LONGEST_LEASE_MS ? outlived(text) : { kind: 'loading' };
      case 'writing':
        return { kind: 'writing' };
      case 'failed':
        return ttlMs > (this.definition.errorBackOffMs ?? 0) ? outlived(text) : state;
      case 'unreadable':
        return { ...replaceable(text), unreadable: true, cause: UNREADABLE };
      case 'value':
        return this.#judge(state.value, ttlMs, tags);
    }
  }

  async #fetch(
    recordKeys: readonly string[],
    { tags, strong }: Omit<LookupRequest, 'record'>,
    { inFlightRead, lastStepAt = Infinity }: Pick<L2Attempt, 'inFlightRead'> & Partial<L2Attempt>,
    lease?: Lease,
  ): Promise<Found> {
    const { coherence, store, clock } = this.runtime;
    const now = clock.now();
    if (now >= lastStepAt) throw tooSlow();
    const trusted = !strong && coherence.freshAt(now);
    const allKnown = trusted ? this.#allKnown(tags, now) : undefined;
    const known = allKnown ? NONE : tags.map((tag) => (trusted ? coherence.tags.version(tag, now) : undefined));
    const unknown: readonly string[] = allKnown ? NONE : tags.filter((_, index) => known[index] === undefined);
    if (recordKeys.length + unknown.length === 0) return { records: NONE, tags: allKnown ?? NONE };
    const reading = await store.read(recordKeys, unknown, { form: this.#codec.form, proven: strong, lease });
    if (allKnown) return { records: reading.records, tags: allKnown };
    const tagVersions = tags.map((tag, index) => {
      const version = known[index];
      return version === undefined
        ? this.#tagVersion(tag, reading.tags[unknown.indexOf(tag)] ?? null, inFlightRead)
        : { recordKey: tag, text: null, version };
    });
    return { records: reading.records, tags: tagVersions };
  }

  /** Checks tags before age: an invalidated value is never served, whatever staleness the policy allows. */
  #judge(stored: RecordValue, ttlMs: number, tags: readonly TagVersionResult[]): LookupState<V> {
    if (stored.schemaVersion > this.definition.version) return { kind: 'newer' };
    const current = hasSchemaOf(stored, this.definition) && sameTags(stored.tags, tags);
    // The clock of the store was set back, so the age of the entry is unknown.
    if (!current || ttlMs > stored.expiryMs) return rejected(stored, { cause: this.#causeOf(stored, tags) });
    const codec = this.#codecOf(stored);
    // Another release wrote the entry and reads it. Neither release replaces the entries of the other.
    if (!codec) return { kind: 'newer' };
    const isDated = this.definition.lastModified !== undefined;
    const entry: Entry<V> = stored.content ? new Entry(stored.content, stored.etag, codec, isDated) : ABSENT;
    if (!this.#isValid(entry)) return rejected(stored, { unreadable: true, cause: UNREADABLE });
    return { kind: 'value', entry, stored, ttlMs, freshness: freshness(stored, ttlMs) };
  }

  #causeOf(stored: RecordValue, current: readonly TagVersionResult[]): MissCause {
    if (stored.schemaVersion !== this.definition.version) return { reason: 'other-schema' };
    const captured = new Map(stored.tags);
    const tags = current.filter(({ recordKey, version }) => captured.get(recordKey) !== version);
    if (tags.length === 0) return EXPIRED;
    return { reason: 'tag-invalidated', tags: tags.map(({ recordKey }) => recordKey) };
  }

  /**
   * Whether this release can decode the value and the policy's schema accepts it: a program with write access to Redis may have
   * stored it. Plain JSON of a cache without a schema is decoded when its value is read. Its checksum proves that the text is the one
   * that was encoded, and most responses send it undecoded.
   */
  #isValid(entry: Entry<V>): boolean {
    const { value: schema } = this.definition;
    if (schema === undefined) return entry.isPlainJson || entry.readable;
    return entry.fits(schema);
  }

  #codecOf({ content }: RecordValue): Codec | undefined {
    if (!content || content.codec === this.#codec.name) return this.#codec;
    return content.codec === jsonCodec.name ? jsonCodec : undefined;
  }

  #tagVersion(tag: string, text: string | null, inFlightRead: InFlightRead): TagVersionResult {
    const version = versionOf(text);
    const { coherence } = this.runtime;
    if (version === undefined) coherence.tags.forget(tag);
    else if (!inFlightRead.cachingPrevented)
      coherence.tags.learn(tag, version, coherence.usableUntil(inFlightRead, tag));
    return { recordKey: tag, text, version };
  }
}

/** A corrupt record. One without a fill id stays, because replacing it could end a write in progress. */
function replaceable(text: string): Missing | { readonly kind: 'newer' } {
  const fillId = fillIdOf(text);
  return fillId === undefined ? { kind: 'newer' } : { kind: 'missing', replaces: valuePrefix(fillId), acquired: false };
}

/** A value that must not be served. */
function rejected({ fillId }: RecordValue, why: Pick<Missing, 'unreadable' | 'cause'>): Missing {
  return { kind: 'missing', replaces: valuePrefix(fillId), acquired: false, ...why };
}

/** A lease or an error back-off that lives longer than it may: it is foreign, or the clock of the store was set back. */
function outlived(text: string): Missing {
  return { kind: 'missing', replaces: text.slice(0, PREFIX_LENGTH), acquired: false };
}

/** Whether the policy that stored the value has the same version and the same schema as this one. */
export function hasSchemaOf(
  stored: RecordValue,
  { version, fingerprint }: Pick<CacheDefinition<never, never>, 'version' | 'fingerprint'>,
): boolean {
  return stored.schemaVersion === version && stored.fingerprint === fingerprint;
}

/** Whether the version comes from L1. */
function isKnown({ text, version }: TagVersionResult): boolean {
  return text === null && version !== undefined;
}

/** Returns whether the captured tag versions are the current ones. */
export function sameTags(captured: readonly CapturedTag[], current: readonly TagVersionResult[]): boolean {
  return (
    captured.length === current.length &&
    captured.every(
      ([recordKey, version], index) => recordKey === current[index]?.recordKey && version === current[index].version,
    )
  );
}
