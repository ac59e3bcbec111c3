import type { Codec, Encoded } from '../codec/codec.js';
import { strongEtag, weakEtag } from '../policy/etag.js';
import { jsonCodec } from '../codec/json-codec.js';
import { frozenBytes, stringBytes } from './heap-bytes.js';
import { typesLength } from './record-format.js';

/**
 * The heap of an entry without its texts and its value, in bytes: two objects, its entity tag, and half of the rest of its record. A
 * payload that was read from Redis is a part of that text in the engine, and keeps all of it.
 */
const OWN_BYTES = 200;
/** Type hints are short lists, which take more heap than their text. */
const TYPES_BYTES_PER_CHARACTER = 4;

/** Counts the heap that an entry takes. */
export interface EntryHolder {
  /** Called when the entry takes `bytes` more than before. */
  resized(bytes: number): void;
}

/**
 * Holds a value in its stored form and decodes it on first use. An entry without a stored form caches that there is no value.
 *
 * Readers share the value, so it is frozen. A value with a part that cannot be frozen, such as a `Date`, a `Map` or bytes, is
 * decoded again for each reader.
 */
export class Entry<V> {
  #value: V | undefined;
  /** `undefined` until the stored form was decoded. */
  #valueBytes: number | undefined;
  #etag: string | undefined;
  #holder: EntryHolder | undefined;

  constructor(
    readonly stored: Encoded | undefined,
    /** The opaque part of its strong entity tag, if its policy gives it one. */
    readonly opaqueTag: string | undefined,
    private readonly codec: Codec = jsonCodec,
  ) {}

  /** Whether the entry caches that there is no value. */
  get absent(): boolean {
    return this.stored === undefined;
  }

  /** The JSON text that is replayed as a response body; `undefined` with another codec. */
  get json(): string | undefined {
    return this.codec === jsonCodec ? this.stored?.payload : undefined;
  }

  /**
   * The field value of its `ETag`. Without a tag from the policy, it is computed from the JSON text on first use, so entries
   * that answer no request cost nothing, and later hits neither.
   */
  get etag(): string | undefined {
    const { json, opaqueTag } = this;
    if (json === undefined) return undefined;
    this.#etag ??= opaqueTag === undefined ? weakEtag(json) : strongEtag(opaqueTag);
    return this.#etag;
  }

  /** Returns the decoded value. @throws if the stored form cannot be decoded: check {@link readable} first. */
  get value(): V | undefined {
    if (this.#value !== undefined || this.stored === undefined) return this.#value;
    // The stored form comes from a value of type V: the policy's `version` is increased when the type changes.
    const value = this.codec.decode(this.stored) as V;
    const bytes = frozenBytes(value);
    const isFrozen = !Number.isNaN(bytes);
    this.#valueBytes = isFrozen ? bytes : 0;
    if (isFrozen) {
      this.#value = value;
      this.#holder?.resized(bytes);
    }
    return value;
  }

  /** Reports to `holder` when the entry takes more heap from now on. */
  heldBy(holder: EntryHolder): void {
    // The shared entry of absent values never grows, and would keep its last holder in memory.
    if (!this.absent) this.#holder = holder;
  }

  /** Whether the stored form is JSON without type hints, which every release decodes to the same value. */
  get isPlainJson(): boolean {
    return this.codec === jsonCodec && this.stored !== undefined && this.stored.types === undefined;
  }

  /** Whether the stored form can be decoded. It is tried once. */
  get readable(): boolean {
    if (this.#valueBytes !== undefined) return true;
    try {
      void this.value;
      return true;
    } catch {
      return false;
    }
  }

  /** The heap that the entry takes, in bytes: its stored form, and its value once that is decoded. */
  get bytes(): number {
    const { stored } = this;
    if (!stored) return 0;
    const types = stored.types === undefined ? 0 : TYPES_BYTES_PER_CHARACTER * typesLength(stored);
    return OWN_BYTES + stringBytes(stored.payload) + types + (this.#valueBytes ?? 0);
  }
}

/** The entry of every key without a value. Shared, so that a known absence takes little memory. */
export const ABSENT = new Entry<never>(undefined, undefined);
