import type { CacheDefinition } from '../policy/define-cache.js';
import type { Codec } from '../codec/codec.js';
import { Entry } from '../store/entry.js';
import { freshness } from '../policy/lifetimes.js';
import { jsonCodec } from '../codec/json-codec.js';
import type { SlotSnapshot } from '../store/store.js';
import type { Batch, ReadRequest } from './read-request.js';
import type { Ticket } from '../coherence/in-flight-reads.js';
import type { Found, Sighting, TagSighting, Vacant } from './lookup-result.js';
import { type CapturedTag, decodeSlot, fillIdOf, type SlotValue, versionOf } from '../store/record-format.js';
import type { Visit } from './time-budget.js';
import type { Tiers } from '../cache-runtime.js';

interface SlotRead extends Pick<ReadRequest<unknown>, 'slot' | 'tags' | 'strong'> {
  /** What its round trip is shared with. */
  readonly batch?: Pick<Batch<unknown>, 'read'> | undefined;
}

const NONE: readonly string[] = [];

/** Reads slots and the tags it needs from the store in one round trip, and says what they mean. */
export class Lookup<K, V> {
  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
  ) {}

  /**
   * A strong read takes every tag's version from the store; another takes what L1 knows coherently.
   *
   * @throws when the store is away, or too slow for this read.
   */
  async read(read: SlotRead, { ticket, budget }: Pick<Visit, 'ticket' | 'budget'>): Promise<Sighting<V>> {
    const { slots, tags } = await budget.step(() => this.#read([read.slot.name], read, ticket));
    const found = this.classify(slots[0], tags);
    if (found.kind !== 'vacant' || found.invalidFillId === undefined || !tags.some(isKnown)) return { found, tags };
    // A tag that was evicted gets another version without a push. Before L1's version condemns an entry, the store is asked.
    const asked = await budget.step(() => this.#read([], { ...read, strong: true }, ticket));
    return { found: this.classify(slots[0], asked.tags), tags: asked.tags };
  }

  /** Tags alone, as this process knows them or the store says. @throws when the store is away. */
  async tags(tags: readonly string[]): Promise<readonly TagSighting[]> {
    const { coherence } = this.tiers;
    const ticket = coherence.reads.begin(tags);
    try {
      return (await this.#read([], { tags, strong: false }, ticket)).tags;
    } finally {
      coherence.reads.end(ticket);
    }
  }

  classify(snapshot: SlotSnapshot | undefined, tags: readonly TagSighting[]): Found<V> {
    const { text, ttlMs } = snapshot ?? { text: null, ttlMs: 0 };
    // We leave nothing without a TTL: a foreign hand wrote it, or keeps what was to end.
    if (text !== null && ttlMs <= 0) return replaceable(text);
    const state = decodeSlot(text, this.#codec.form);
    switch (state.kind) {
      case 'absent':
        return { kind: 'vacant', invalidFillId: undefined };
      case 'loading':
        return { kind: 'loading', ttlMs };
      case 'writing':
        return { kind: 'writing' };
      case 'failed':
        return state;
      case 'unreadable':
        return { ...replaceable(text), unreadable: true };
      case 'value':
        return this.#judge(state.value, ttlMs, tags);
    }
  }

  async #read(
    slots: readonly string[],
    { tags, strong, batch }: Omit<SlotRead, 'slot'>,
    ticket: Ticket,
  ): Promise<{ readonly slots: readonly SlotSnapshot[]; readonly tags: readonly TagSighting[] }> {
    const { coherence, store } = this.tiers;
    const trusted = !strong && coherence.fresh;
    const known = tags.map((tag) => (trusted ? coherence.tags.version(tag) : undefined));
    const unknown = known.includes(undefined) ? tags.filter((_, index) => known[index] === undefined) : NONE;
    const reading =
      slots.length + unknown.length > 0
        ? await (batch ?? store).read(slots, unknown, this.#codec.form)
        : { slots: [], tags: [] };
    const sighted = tags.map((tag, index) => {
      const version = known[index];
      return version === undefined
        ? this.#sight(tag, reading.tags[unknown.indexOf(tag)] ?? null, ticket)
        : { slot: tag, text: null, version };
    });
    return { slots: reading.slots, tags: sighted };
  }

  /** Tags before age: what was invalidated is never served, however stale a value may be. */
  #judge(stored: SlotValue, ttlMs: number, tags: readonly TagSighting[]): Found<V> {
    if (stored.schemaVersion > this.definition.version) return { kind: 'newer' };
    const current = stored.schemaVersion === this.definition.version && sameTags(stored.tags, tags);
    if (!current) return { kind: 'vacant', invalidFillId: stored.fillId };
    const codec = this.#codecOf(stored);
    // Another release wrote it, and reads it: nobody is to replace the other's entries.
    if (!codec) return { kind: 'newer' };
    const entry = new Entry<V>(stored.content, stored.etag, codec);
    if (!entry.readable) return { kind: 'vacant', invalidFillId: stored.fillId, unreadable: true };
    return { kind: 'value', entry, stored, ttlMs, freshness: freshness(stored, ttlMs) };
  }

  get #codec(): Codec {
    return this.definition.codec ?? jsonCodec;
  }

  #codecOf({ content }: SlotValue): Codec | undefined {
    if (!content) return this.#codec;
    return [this.#codec, jsonCodec].find(({ name }) => name === content.codec);
  }

  #sight(tag: string, text: string | null, ticket: Ticket): TagSighting {
    const version = versionOf(text);
    const { tags } = this.tiers.coherence;
    if (version === undefined) tags.forget(tag);
    else if (!ticket.poisoned) tags.learn(tag, version);
    return { slot: tag, text, version };
  }
}

/** A text that says nothing. One without a fill id stays: to delete it could end somebody's write. */
function replaceable(text: string | null): Vacant | { readonly kind: 'newer' } {
  const invalidFillId = fillIdOf(text);
  return invalidFillId === undefined ? { kind: 'newer' } : { kind: 'vacant', invalidFillId };
}

/** Whether L1 knew it. */
function isKnown({ text, version }: TagSighting): boolean {
  return text === null && version !== undefined;
}

/** Whether what an entry captured is what stands. */
export function sameTags(captured: readonly CapturedTag[], current: readonly TagSighting[]): boolean {
  return (
    captured.length === current.length &&
    captured.every(([slot, version], index) => slot === current[index]?.slot && version === current[index].version)
  );
}
