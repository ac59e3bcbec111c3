import { inspect } from 'node:util';
import type { Codec, Encoded } from '../codec/codec.js';
import { weakEtag } from '../policy/etag.js';
import type { ValueSchema } from '../policy/value-schema.js';
import { jsonCodec, jsonText } from '../codec/json-codec.js';
import type { RecordRef } from './redis-keys.js';
import { compact, frozenBytes, stringBytes } from './heap-bytes.js';
import { typesLength } from './record-format.js';

/** The heap of an entry without its text and its value, in bytes: one object, and its entity tag. */
const OWN_BYTES = 120;
/** The longest payload that is copied out of its record. */
const MOST_COPIED = 2_048;
/** Type hints are short lists, which take more heap than their text. */
const TYPES_BYTES_PER_CHARACTER = 4;

/**
 * Holds a value in its stored form, decoded, or both. An entry without either caches that there is no value.
 *
 * A new entry may have both. Its first reader decides which of them stays: a value that was read, or the text of a response. The other
 * one is made again from it if another reader needs it, and stays too from then on. If responses have a date from the value, both stay.
 *
 * Readers share the value, so it is frozen. A value with a part that cannot be frozen, such as a `Date`, a `Map` or bytes, is
 * decoded again for each reader.
 */
export class Entry<V> {
  /** `undefined` if the value alone was read. */
  #payload: string | undefined;
  readonly #types: unknown;
  #value: V | undefined;
  /** `undefined` until the stored form was decoded. */
  #valueBytes: number | undefined;
  /** Whether the forms that it has stay, because its first reader has decided, or each response needs both. */
  #isDecided: boolean;
  #opaqueTag: string | undefined;
  #weakEtag: string | undefined;
  /** Its place in L1. The entry of all absent values never changes and has none, which would keep its last place in memory. */
  holder: Pick<L1Entry, 'resized'> | undefined;

  constructor(
    stored: Encoded | undefined,
    opaqueTag: string | undefined,
    private readonly codec: Codec = jsonCodec,
    /** Whether each response needs the value beside the text, for its date. */
    isDated = false,
  ) {
    this.#opaqueTag = opaqueTag;
    this.#isDecided = isDated;
    this.#payload = stored?.payload;
    this.#types = stored?.types;
  }

  /** The stored form; `undefined` for an absent value, and if the value alone was read. */
  get stored(): Encoded | undefined {
    return this.#payload === undefined ? undefined : { payload: this.#payload, types: this.#types };
  }

  /** The opaque part of its strong entity tag, if its policy gives it one. */
  get opaqueTag(): string | undefined {
    return this.#opaqueTag;
  }

  /** The JSON text that is replayed as a response body; `undefined` with another codec. */
  get json(): string | undefined {
    if (this.codec !== jsonCodec) return undefined;
    if (this.#payload === undefined) {
      if (this.#value === undefined) return undefined;
      this.#payload = jsonText(this.#value);
      this.holder?.resized(stringBytes(this.#payload));
    } else if (!this.#isDecided && this.#value !== undefined) {
      this.#value = undefined;
      this.holder?.resized(-(this.#valueBytes ?? 0));
    }
    this.#isDecided = true;
    return this.#payload;
  }

  /**
   * The field value of its `ETag` (RFC 9110 §8.8.3). Without a tag from the policy, it is computed from the JSON text on first use, so
   * entries that answer no request cost nothing, and later hits neither.
   */
  get etag(): string | undefined {
    if (this.codec !== jsonCodec) return undefined;
    if (this.#opaqueTag !== undefined) return `"${this.#opaqueTag}"`;
    if (this.#weakEtag === undefined) {
      const { json } = this;
      if (json !== undefined) this.#weakEtag = compact(weakEtag(json));
    }
    return this.#weakEtag;
  }

  /** Returns the decoded value. @throws if the stored form cannot be decoded: check {@link readable} first. */
  get value(): V | undefined {
    if (this.#isDecided && this.#value !== undefined) return this.#value;
    const value = this.decode();
    const isKept = this.#value !== undefined;
    if (!this.#isDecided && isKept && this.#payload !== undefined && this.#isRestorable) {
      this.holder?.resized(-stringBytes(this.#payload));
      this.#payload = undefined;
    }
    this.#isDecided = true;
    return value;
  }

  /** Returns the decoded value, as {@link value}, but not for a reader: it does not decide what stays in memory. */
  decode(): V | undefined {
    if (this.#value !== undefined || this.#payload === undefined) return this.#value;
    // The stored form comes from a value of type V: the policy's `version` is increased when the type changes.
    const value = this.codec.decode({ payload: this.#payload, types: this.#types }) as V;
    const bytes = frozenBytes(value);
    const isFrozen = !Number.isNaN(bytes);
    this.#valueBytes = isFrozen ? bytes : 0;
    if (isFrozen) {
      this.#value = value;
      this.holder?.resized(bytes);
    }
    return value;
  }

  /** Returns what `console.log` prints: the value, and for JSON its text and its entity tag. It does not decide what stays in memory. */
  [inspect.custom](): { readonly value: V | undefined; readonly json?: string; readonly etag?: string } {
    const value = this.readable ? this.decode() : undefined;
    const json = this.#payload ?? (value === undefined ? undefined : jsonText(value));
    if (this.codec !== jsonCodec || json === undefined) return { value };
    return { value, json, etag: this.#opaqueTag === undefined ? weakEtag(json) : `"${this.#opaqueTag}"` };
  }

  /** Copies its texts, which are parts of the record that it was found in and would keep all of it in memory. */
  leaveRecord(): void {
    // The rest of a record is small beside a long payload.
    if (this.#payload !== undefined && this.#payload.length <= MOST_COPIED) this.#payload = compact(this.#payload);
    if (this.#opaqueTag !== undefined) this.#opaqueTag = compact(this.#opaqueTag);
  }

  /** Whether the stored form is JSON without type hints, which every release decodes to the same value. */
  get isPlainJson(): boolean {
    return this.codec === jsonCodec && this.#types === undefined;
  }

  /** Whether the stored form can be decoded. It is tried once. */
  get readable(): boolean {
    if (this.#valueBytes !== undefined) return true;
    try {
      this.decode();
      return true;
    } catch {
      return false;
    }
  }

  /** Returns whether there is no value, or the schema accepts it. A schema that throws or validates asynchronously accepts none. */
  fits(schema: ValueSchema<V>): boolean {
    if (this.#payload === undefined && this.#value === undefined) return true;
    try {
      const result = schema['~standard'].validate(this.decode());
      return !(result instanceof Promise) && !result.issues;
    } catch {
      return false;
    }
  }

  /** The heap that the entry takes, in bytes. */
  get bytes(): number {
    const types = this.#types === undefined ? 0 : TYPES_BYTES_PER_CHARACTER * typesLength(this.#types);
    const text = this.#payload === undefined ? 0 : stringBytes(this.#payload);
    return OWN_BYTES + text + types + (this.#value === undefined ? 0 : (this.#valueBytes ?? 0));
  }

  /** Whether the stored form can be made again from the value, or is never needed again. */
  get #isRestorable(): boolean {
    return this.#types === undefined || this.codec !== jsonCodec;
  }
}

/** The entry of every key without a value. Shared, so that a known absence takes little memory. */
export const ABSENT = new Entry<never>(undefined, undefined);

/** The heap of a place in L1 besides its key and its entry, in bytes: this object, its times, its place in the map. */
export const PLACE_BYTES = 200;
const TAG_BYTES = 48;
/** The tags of the namespace and of the cache. Entries without further tags share their list. */
const SHARED_TAGS = 2;

/** The current version of a tag in this process, and the version that an entry captured. They differ after an invalidation. */
export interface L1Tag {
  readonly tag: { readonly version: string | undefined };
  readonly version: string;
}

/** When an entry in L1 was loaded, and until when it may be served. Times are milliseconds of the cache's clock. */
export interface L1Life {
  readonly loadedAt: number;
  readonly freshUntil: number;
  /** End of the time in which it is served while it is refreshed. */
  readonly expiresAt: number;
  readonly tags: readonly L1Tag[];
}

/** The place of an entry in L1. Its times are whole milliseconds: V8 keeps a number with a fraction in an object of its own. */
export class L1Entry<V = unknown> implements L1Life {
  /** Its neighbours in the order of use. */
  older: L1Entry | undefined = undefined;
  newer: L1Entry | undefined = undefined;
  readonly name: string;
  readonly group: string;
  bytes: number;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly expiresAt: number;
  readonly tags: readonly L1Tag[];

  constructor(
    record: RecordRef,
    readonly entry: Entry<V>,
    { loadedAt, freshUntil, expiresAt, tags }: L1Life,
    private readonly local: { resize(held: L1Entry, bytes: number): void },
  ) {
    this.name = record.key;
    this.group = record.cache;
    const tagBytes = tags.length > SHARED_TAGS ? TAG_BYTES * (1 + tags.length) : 0;
    // All absent values share one entry.
    const entryBytes = entry === ABSENT ? 0 : entry.bytes;
    this.bytes = PLACE_BYTES + stringBytes(record.key) + tagBytes + entryBytes;
    this.loadedAt = Math.floor(loadedAt);
    this.freshUntil = Math.floor(freshUntil);
    this.expiresAt = Math.floor(expiresAt);
    this.tags = tags;
  }

  /** Called when the entry takes `bytes` more than before, or less if it is negative. */
  resized(bytes: number): void {
    this.local.resize(this, this.bytes + bytes);
  }
}
