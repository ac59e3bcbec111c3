import { isDeepStrictEqual } from 'node:util';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { Counters } from '../counters.js';
import type { Codec, PayloadForm } from '../codec/codec.js';
import { Entry } from '../store/entry.js';
import { opaqueTagOf, strongEtag } from '../policy/etag.js';
import { jittered, type Lifetimes, shortened, thresholds } from '../policy/lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import { accepts } from '../policy/value-schema.js';
import { type CapturedTag, encodeValue, type RecordValue } from '../store/record-format.js';
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

  /** Creates the entry of a value whose load began at `startedAt`; `undefined` when the policy or the value forbids storing. */
  create(
    value: V | undefined,
    tags: readonly CapturedTag[],
    startedAt: number,
    ttlMs = Number.POSITIVE_INFINITY,
  ): NewEntry<V> | undefined {
    const { clock } = this.runtime;
    const { lifetimes: positive, negative, version: schemaVersion } = this.definition;
    const full = value === undefined ? negative : jittered(positive, clock.random());
    if (!full) return undefined;
    const lifetimes = Number.isFinite(ttlMs) ? shortened(full, ttlMs) : full;
    const ageMs = clock.now() - startedAt;
    const leftMs = Math.floor(lifetimes.expiryMs - ageMs);
    if (ttlMs < 1 || leftMs < 1) return undefined;
    const fillId = clock.id();
    const written = this.#write(value, { fillId, schemaVersion, ...thresholds(lifetimes), tags });
    return written && { ...written, fillId, form: this.#codec.form, tags, lifetimes, ageMs, ttlMs: leftMs };
  }

  /** Returns the `ETag` field value of a value that is not stored; `undefined` when the policy defines none. */
  etagOf(value: V): string | undefined {
    const opaque = opaqueTagOf(this.definition, value, this.#warnOf);
    return opaque === undefined ? undefined : strongEtag(opaque);
  }

  /** Logs a warning for developers, once per kind. The kind is the text before the colon, which names no value. */
  warn(what: string): void {
    const [kind = what] = what.split(': ', 1);
    if (this.#warned.has(kind) || this.#warned.size >= MAX_WARNINGS) return;
    this.#warned.add(kind);
    this.runtime.warn(`Cache "${this.definition.name}": ${what}`);
  }

  /** Returns the entry and the record of a value; `undefined` when the value cannot be stored. Never throws. */
  #write(
    value: V | undefined,
    header: Omit<RecordValue, 'etag' | 'content'>,
  ): Pick<NewEntry<V>, 'entry' | 'text'> | undefined {
    const { value: schema } = this.definition;
    if (schema !== undefined && value !== undefined && !accepts(schema, value)) {
      this.warn(
        'the schema in the option "value" rejects a loaded value, which is sent, not stored: correct one of them',
      );
      return undefined;
    }
    try {
      const codec = this.#codec;
      const entry =
        value === undefined
          ? new Entry<V>(undefined, undefined)
          : new Entry<V>(codec.encode(value), opaqueTagOf(this.definition, value, this.#warnOf), codec);
      const payload = entry.stored?.payload ?? '';
      const bytes = codec.form === 'binary' ? payload.length : Buffer.byteLength(payload);
      if (entry.typesLength + bytes > this.runtime.maxPayloadBytes) {
        this.counters.notStored('too-large');
        return undefined;
      }
      // A value that cannot be decoded would fail each hit until it expires.
      const decoded = entry.value;
      // JSON has type hints for all that it loses. Another codec may lose a type without an error.
      if (codec !== jsonCodec && !isDeepStrictEqual(decoded, value))
        throw new TypeError(
          'It decodes to another value. Store plain objects, or use a codec that restores the types.',
        );
      const content = entry.stored && { codec: codec.name, ...entry.stored };
      return { entry, text: encodeValue({ ...header, etag: entry.opaqueTag, content }) };
    } catch (error) {
      const { name } = this.#codec;
      this.warn(`a value that ${name} cannot encode and decode is sent, not stored: ${String(error)}`);
      return undefined;
    }
  }
}
