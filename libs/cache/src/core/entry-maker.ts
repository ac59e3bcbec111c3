import type { CacheDefinition } from './cache-definition.js';
import type { Counters } from './counters.js';
import type { Codec, Encoded, PayloadForm } from './codec.js';
import { Entry } from './entry.js';
import { strongEtag } from './entity-tag.js';
import { jittered, type Lifetimes, shortened, thresholds } from './freshness.js';
import { jsonCodec } from './json-codec.js';
import { type CapturedTag, encodeValue } from './slot.js';
import type { Tiers } from './tiers.js';

/** An entry made here and not stored yet. Times are milliseconds. */
export interface MadeEntry<V> {
  readonly entry: Entry<V>;
  readonly fillId: string;
  readonly text: string;
  readonly form: PayloadForm;
  readonly tags: readonly CapturedTag[];
  readonly lifetimes: Lifetimes;
  /** What has passed of its life, which began when its load did. */
  readonly ageMs: number;
  /** What is left of it. */
  readonly ttlMs: number;
}

/** Of one cache: what differs each time, such as the name of a header, must not fill the log. */
const MOST_WARNINGS = 10;

/** Makes what is stored of a value. */
export class EntryMaker<K, V> {
  readonly #warned = new Set<string>();

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    private readonly counters: Counters,
  ) {}

  /** The entry of a value whose load began at `startedAt`; `undefined` when it is not to be stored. */
  make(
    value: V | undefined,
    tags: readonly CapturedTag[],
    startedAt: number,
    ttlMs = Number.POSITIVE_INFINITY,
  ): MadeEntry<V> | undefined {
    const { clock } = this.tiers;
    const { lifetimes: positive, negative, version: schemaVersion } = this.definition;
    const full = value === undefined ? negative : jittered(positive, clock.random());
    const entry = full && this.#encode(value);
    if (!entry) return undefined;
    const lifetimes = shortened(full, ttlMs);
    const ageMs = clock.now() - startedAt;
    const leftMs = Math.floor(lifetimes.hardMs - ageMs);
    if (leftMs < 1) return undefined;
    const fillId = clock.id();
    const content = entry.stored && { codec: this.#codec.name, ...entry.stored };
    const text = encodeValue({ fillId, schemaVersion, ...thresholds(lifetimes), etag: entry.opaqueTag, tags, content });
    return { entry, fillId, text, form: this.#codec.form, tags, lifetimes, ageMs, ttlMs: leftMs };
  }

  /** The field value of `ETag` for a value that is not stored; `undefined` where the policy gives it none. */
  etagOf(value: V): string | undefined {
    try {
      const opaque = this.definition.etag?.(value);
      return opaque === undefined ? undefined : strongEtag(opaque);
    } catch (error) {
      this.warn(`a value is handed out without an entity tag: ${String(error)}`);
      return undefined;
    }
  }

  /** Says of this cache what its author should know: once what stands before the colon, which tells of no single value. */
  warn(what: string): void {
    const [kind = what] = what.split(': ', 1);
    if (this.#warned.has(kind) || this.#warned.size >= MOST_WARNINGS) return;
    this.#warned.add(kind);
    this.tiers.warn(`Cache "${this.definition.name}": ${what}`);
  }

  get #codec(): Codec {
    return this.definition.codec ?? jsonCodec;
  }

  #encode(value: V | undefined): Entry<V> | undefined {
    if (value === undefined) return new Entry<V>(undefined, undefined);
    try {
      const stored = this.#codec.encode(value);
      if (this.#bytes(stored) <= this.tiers.maxPayloadBytes) {
        return new Entry<V>(stored, this.definition.etag?.(value), this.#codec);
      }
      this.counters.refused('too-large');
    } catch (error) {
      this.warn(`a value that cannot be written as ${this.#codec.name} is handed out, not stored: ${String(error)}`);
    }
    return undefined;
  }

  #bytes({ payload }: Encoded): number {
    return this.#codec.form === 'binary' ? payload.length : Buffer.byteLength(payload);
  }
}
