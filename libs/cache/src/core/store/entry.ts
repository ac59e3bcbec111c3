import type { Codec, Encoded } from '../codec/codec.js';
import { strongEtag, weakEtag } from '../policy/etag.js';
import { jsonCodec } from '../codec/json-codec.js';
import { typesLength } from './record-format.js';

/**
 * A value as the cache keeps it: its stored form, and the value, decoded on first use. Without a stored form it is known that there
 * is no value.
 *
 * Every reader shares the value, so it is frozen. One with a part that cannot be (a `Date`, a `Map`, a `Set`, bytes) is decoded anew
 * for each reader.
 */
export class Entry<V> {
  #value: V | undefined;
  #shared = false;
  #etag: string | undefined;
  #typesLength: number | undefined;

  constructor(
    readonly stored: Encoded | undefined,
    /** The opaque part of its strong entity tag, where its policy gives it one. */
    readonly opaqueTag: string | undefined,
    private readonly codec: Codec = jsonCodec,
  ) {}

  /** Whether it says that there is no value. */
  get absent(): boolean {
    return this.stored === undefined;
  }

  /** The JSON text that is replayed as a response body; `undefined` where the stored form is another. */
  get json(): string | undefined {
    return this.codec === jsonCodec ? this.stored?.payload : undefined;
  }

  /**
   * The field value of its `ETag`. Without one of its policy it is made of the JSON text, when it is first asked for: what answers
   * no request costs nothing, and neither does a hit.
   */
  get etag(): string | undefined {
    const { json, opaqueTag } = this;
    if (json === undefined) return undefined;
    this.#etag ??= opaqueTag === undefined ? weakEtag(json) : strongEtag(opaqueTag);
    return this.#etag;
  }

  /** How much stands beside its payload: all that a `Map` holds is there. In characters of one byte. */
  get typesLength(): number {
    this.#typesLength ??= this.stored ? typesLength(this.stored) : 0;
    return this.#typesLength;
  }

  /** @throws when the stored form cannot be read: ask {@link readable} before. */
  get value(): V | undefined {
    if (this.#shared || this.stored === undefined) return this.#value;
    // What a cache stores is of its own type: its version is raised when that changes.
    const value = this.codec.decode(this.stored) as V;
    if (deepFrozen(value)) {
      this.#value = value;
      this.#shared = true;
    }
    return value;
  }

  /** Decodes it, and answers whether that went well. */
  get readable(): boolean {
    try {
      void this.value;
      return true;
    } catch {
      return false;
    }
  }
}

/** Freezes a value, and answers whether all of it could be. */
function deepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return true;
  if (value instanceof Date || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return false;
  Object.freeze(value);
  let frozen = true;
  for (const part of Object.values(value)) frozen = deepFrozen(part) && frozen;
  return frozen;
}
