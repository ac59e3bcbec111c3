import { isDeepStrictEqual } from 'node:util';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { Counters } from '../counters.js';
import type { Codec, PayloadForm } from '../codec/codec.js';
import { ABSENT, Entry } from '../store/entry.js';
import { opaqueTagOf } from '../policy/etag.js';
import { jittered, type Lifetimes, shortened, thresholds } from '../policy/lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import { type CapturedTag, encodeValue, typesLength } from '../store/record-format.js';
import type { RecordRef } from '../store/redis-keys.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** An entry that is not stored yet. Times are in milliseconds. */
export interface NewEntry<V> {
  readonly entry: Entry<V>;
  readonly fillId: string;
  readonly text: string;
  readonly form: PayloadForm;
  readonly tags: readonly CapturedTag[];
  readonly lifetimes: Lifetimes;
  /** The time since the load began, from which the lifetimes count. */
  readonly ageMs: number;
  /** The time until expiry. */
  readonly ttlMs: number;
}

/** Where an entry comes from. */
export interface EntryOrigin {
  readonly record: RecordRef;
  readonly tags: readonly CapturedTag[];
  /** When its load began, on the clock of the cache. */
  readonly startedAt: number;
  /** The most time that it may live, in milliseconds. */
  readonly ttlMs?: number | undefined;
}

/** Per cache: warnings that differ each time, for example by a header name, must not fill the log. */
const MAX_WARNINGS = 10;

/** Creates the stored form of values. */
export class EntryFactory<K, V> {
  readonly #codec: Codec;
  readonly #warned = new Set<string>();
  readonly #warnOf = (why: string): void => this.warn(why);

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly counters: Counters,
  ) {
    this.#codec = definition.codec ?? jsonCodec;
  }

  /**
   * Returns the entry of a value: what every reader gets, whether it is stored or not. Returns `undefined`, and warns, when the value
   * cannot be encoded and decoded. Never throws.
   */
  entryOf(value: V | undefined): Entry<V> | undefined {
    if (value === undefined) return ABSENT;
    const codec = this.#codec;
    try {
      const etag = opaqueTagOf(this.definition, value, this.#warnOf);
      const entry = new Entry<V>(codec.encode(value), etag, codec, this.definition.lastModified !== undefined);
      // What JSON has no type hints for, every reader can decode.
      if (entry.isPlainJson) return entry;
      // A value that cannot be decoded would fail each hit until it expires.
      const decoded = entry.decode();
      // JSON has type hints for all that it loses. Another codec may lose a type without an error.
      if (codec !== jsonCodec && !isDeepStrictEqual(decoded, value))
        throw new TypeError(
          'It decodes to another value. Store plain objects, or use a codec that restores the types.',
        );
      return entry;
    } catch (error) {
      return this.#notEncoded(error);
    }
  }

  /** Creates the record of an entry whose load began at `startedAt`; `undefined` when the policy or the value forbids storing. */
  create(
    entry: Entry<V>,
    { record, tags, startedAt, ttlMs = Number.POSITIVE_INFINITY }: EntryOrigin,
  ): NewEntry<V> | undefined {
    const { clock } = this.runtime;
    const { value: schema, lifetimes: positive, negative, version: schemaVersion, fingerprint } = this.definition;
    if (schema && !entry.fits(schema)) {
      this.warn(
        'the schema in the option "value" rejects a loaded value, which is sent, not stored: correct one of them',
      );
      return undefined;
    }
    const full = entry.absent ? negative : jittered(positive, clock.random());
    if (!full) return undefined;
    const lifetimes = Number.isFinite(ttlMs) ? shortened(full, ttlMs) : full;
    const ageMs = clock.now() - startedAt;
    const leftMs = Math.floor(lifetimes.expiryMs - ageMs);
    if (ttlMs < 1 || leftMs < 1) return undefined;
    const { name, form } = this.#codec;
    const fillId = clock.id();
    try {
      if (this.#isTooLarge(entry)) {
        this.warn(
          `a value larger than ${this.runtime.maxPayloadBytes} bytes is returned, not stored: store a part of it, or raise the option ` +
            '"maxPayloadBytes" of CacheModule',
        );
        this.counters.notStored(record, 'too-large');
        this.runtime.observation.misses.tooLarge(record.key);
        return undefined;
      }
      const content = entry.stored && { codec: name, ...entry.stored };
      const header = { fillId, schemaVersion, fingerprint, ...thresholds(lifetimes), tags };
      const text = encodeValue({ ...header, etag: entry.opaqueTag, content });
      return { entry, fillId, text, form, tags, lifetimes, ageMs, ttlMs: leftMs };
    } catch (error) {
      return this.#notEncoded(error);
    }
  }

  /** Logs a warning for developers, once per kind. The kind is the text before the colon, which names no value. */
  warn(what: string): void {
    const [kind = what] = what.split(': ', 1);
    if (this.#warned.has(kind) || this.#warned.size >= MAX_WARNINGS) return;
    this.#warned.add(kind);
    this.runtime.warn(`Cache "${this.definition.name}": ${what}`);
  }

  #isTooLarge({ stored }: Entry<V>): boolean {
    if (!stored) return false;
    const { payload } = stored;
    const bytes = this.#codec.form === 'binary' ? payload.length : Buffer.byteLength(payload);
    return typesLength(stored) + bytes > this.runtime.maxPayloadBytes;
  }

  #notEncoded(error: unknown): undefined {
    this.warn(`a value that ${this.#codec.name} cannot encode and decode is sent, not stored: ${String(error)}`);
    return undefined;
  }
}
