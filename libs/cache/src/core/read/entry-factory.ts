import { isDeepStrictEqual } from 'node:util';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { Counters } from '../counters.js';
import type { Codec, Encoded, PayloadForm } from '../codec/codec.js';
import { ABSENT, Entry } from '../store/entry.js';
import { opaqueTagOf } from '../policy/etag.js';
import type { Lifetimes } from '../policy/lifetimes.js';
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
  /** The time since the load began. */
  readonly ageMs: number;
  /** The time until it stops being fresh. */
  readonly freshMs: number;
  /** The time until it may no longer be served while it is refreshed. */
  readonly swrMs: number;
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

const JITTER = 0.1;

/** Per cache: warnings that differ each time, for example by a header name, must not fill the log. */
const MAX_WARNINGS = 10;

/** Creates the stored form of values. */
export class EntryFactory<K, V> {
  readonly #codec: Codec;
  readonly #warned = new Set<string>();

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
      const etag = opaqueTagOf(this.definition, value, this.warn);
      const stored = codec.encode(value);
      const entry = new Entry<V>(stored, etag, codec, this.definition.lastModified !== undefined);
      // What JSON has no type hints for, every reader can decode.
      if (codec === jsonCodec && stored.types === undefined) return entry;
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
    const { value: schema, version: schemaVersion, fingerprint } = this.definition;
    if (schema && !entry.fits(schema)) {
      this.warn(
        'the schema in the option "value" rejects a loaded value, which is sent, not stored: correct one of them',
      );
      return undefined;
    }
    const lifetimes = this.#lifetimesOf(entry, ttlMs);
    if (!lifetimes) return undefined;
    const { freshMs, swrMs, expiryMs } = lifetimes;
    const ageMs = clock.now() - startedAt;
    const leftMs = Math.floor(expiryMs - ageMs);
    if (ttlMs < 1 || leftMs < 1) return undefined;
    const { name, form } = this.#codec;
    const { stored, opaqueTag: etag } = entry;
    const fillId = clock.id();
    try {
      if (stored && this.#isTooLarge(stored)) {
        this.warn(
          `a value larger than ${this.runtime.maxPayloadBytes} bytes is returned, not stored: store a part of it, or raise the option ` +
            '"maxPayloadBytes" of CacheModule',
        );
        this.counters.notStored(record, 'too-large');
        this.runtime.observation.misses.tooLarge(record.key);
        return undefined;
      }
      const content = stored && { ...stored, codec: name };
      const [freshUntilMs, swrUntilMs] = [expiryMs - freshMs, expiryMs - swrMs];
      const header = { fillId, schemaVersion, fingerprint, freshUntilMs, swrUntilMs, expiryMs };
      const text = encodeValue({ ...header, etag, tags, content });
      return { entry, fillId, text, form, tags, ageMs, freshMs: freshMs - ageMs, swrMs: swrMs - ageMs, ttlMs: leftMs };
    } catch (error) {
      return this.#notEncoded(error);
    }
  }

  /** Logs a warning for developers, once per kind. The kind is the text before the colon, which names no value. */
  readonly warn = (what: string): void => {
    const [kind = what] = what.split(': ', 1);
    if (this.#warned.has(kind) || this.#warned.size >= MAX_WARNINGS) return;
    this.#warned.add(kind);
    this.runtime.warn(`Cache "${this.definition.name}": ${what}`);
  };

  /**
   * Returns how long an entry may live. The fresh time of a value moves by up to 10 %, so that entries stored together do not expire
   * together. No entry is fresh for longer than `ttlMs`. The later times move with the fresh time.
   */
  #lifetimesOf(entry: Entry<V>, ttlMs: number): Lifetimes | undefined {
    const { lifetimes, negative } = this.definition;
    const isAbsent = entry === ABSENT;
    const full = isAbsent ? negative : lifetimes;
    if (!full) return undefined;
    const { freshMs, swrMs, expiryMs } = full;
    const factor = isAbsent ? 1 : 1 + JITTER * (2 * this.runtime.clock.random() - 1);
    const by = Math.min(ttlMs, Math.max(1, Math.round(freshMs * factor))) - freshMs;
    return { freshMs: freshMs + by, swrMs: swrMs + by, expiryMs: expiryMs + by };
  }

  #isTooLarge({ payload, types }: Encoded): boolean {
    const bytes = this.#codec.form === 'binary' ? payload.length : Buffer.byteLength(payload);
    return bytes + (types === undefined ? 0 : typesLength(types)) > this.runtime.maxPayloadBytes;
  }

  #notEncoded(error: unknown): undefined {
    this.warn(`a value that ${this.#codec.name} cannot encode and decode is sent, not stored: ${String(error)}`);
    return undefined;
  }
}
