import type { Codec, Encoded } from '../codec/codec.js';
import { strongEtag, weakEtag } from '../policy/etag.js';
import { jsonCodec } from '../codec/json-codec.js';
import { typesLength } from './record-format.js';

/**
 * Holds a value in its stored form and decodes it on first use. An entry without a stored form caches that there is no value.
 *
 * Readers share the value, so it is frozen. A value with a part that cannot be frozen, such as a `Date`, a `Map` or bytes, is
 * decoded again for each reader.
 */
export class Entry<V> {
  #value: V | undefined;
  #shared = false;
  #etag: string | undefined;
  #typesLength: number | undefined;

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

  /** Size of the type hints beside the payload, in characters of one byte. They contain everything in a `Map`. */
  get typesLength(): number {
    this.#typesLength ??= this.stored ? typesLength(this.stored) : 0;
    return this.#typesLength;
  }

  /** Returns the decoded value. @throws if the stored form cannot be decoded: check {@link readable} first. */
  get value(): V | undefined {
    if (this.#shared || this.stored === undefined) return this.#value;
    // The stored form comes from a value of type V: the policy's `version` is increased when the type changes.
    const value = this.codec.decode(this.stored) as V;
    if (deepFrozen(value)) {
      this.#value = value;
      this.#shared = true;
    }
    return value;
  }

  /** Whether the stored form can be decoded. */
  get readable(): boolean {
    try {
      void this.value;
      return true;
    } catch {
      return false;
    }
  }
}

/** Freezes a value deeply. Returns whether every part of it can be frozen. */
function deepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return true;
  if (!isPlain(value)) return false;
  Object.freeze(value);
  let frozen = true;
  for (const part of Object.values(value)) frozen = deepFrozen(part) && frozen;
  return frozen;
}

/** Whether all state of an object is in its members. An instance of a class may have more, which `Object.freeze` does not reach. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
