import type { CacheDefinition } from './cache-definition.js';
import type { Counters } from './counters.js';
import { Entry } from './entry.js';
import { jittered, type Lifetimes, shortened, thresholds } from './freshness.js';
import { type CapturedTag, encodeValue } from './slot.js';
import type { Tiers } from './tiers.js';

/** An entry made here and not stored yet. Times are milliseconds. */
export interface MadeEntry<V> {
  readonly entry: Entry<V>;
  readonly fillId: string;
  readonly text: string;
  readonly tags: readonly CapturedTag[];
  readonly lifetimes: Lifetimes;
  /** What has passed of its life, which began when its load did. */
  readonly ageMs: number;
  /** What is left of it. */
  readonly ttlMs: number;
}

/** Makes what is stored of a value. */
export class EntryMaker<K, V> {
  #warned = false;

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
    const text = encodeValue({
      fillId,
      schemaVersion,
      ...thresholds(lifetimes),
      etag: entry.etag,
      tags,
      json: entry.json,
    });
    return { entry, fillId, text, tags, lifetimes, ageMs, ttlMs: leftMs };
  }

  /** Says of this cache, once, what its author should know. */
  warn(what: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.tiers.warn(`Cache "${this.definition.name}": ${what}`);
  }

  #encode(value: V | undefined): Entry<V> | undefined {
    if (value === undefined) return new Entry<V>(undefined, undefined);
    try {
      // A function or a symbol has no JSON text, whatever the signature says.
      const json: string | undefined = JSON.stringify(value);
      if (json === undefined) this.warn('a value without JSON form is handed out, not stored');
      else if (Buffer.byteLength(json) > this.tiers.maxPayloadBytes) this.counters.refused('too-large');
      else return new Entry<V>(json, this.definition.etag?.(value));
    } catch (error) {
      this.warn(`a value that cannot be written as JSON is handed out, not stored: ${String(error)}`);
    }
    return undefined;
  }
}
