import type { Entry } from '../store/entry.js';
import type { MadeEntry } from './entry-factory.js';
import type { FoundValue } from './lookup-result.js';
import type { LocalEntry } from '../store/store.js';
import type { ReadOutcome } from '../read-result.js';
import type { Slot } from '../store/redis-keys.js';
import type { Ticket } from '../coherence/in-flight-reads.js';
import type { CapturedTag } from '../store/record-format.js';
import type { Tiers } from '../cache-runtime.js';

/** An entry that this process holds, of a cache of `V`. */
export interface LocalValue<V> extends LocalEntry {
  readonly entry: Entry<V>;
}

/** L1 of one cache: what may be taken from it, and what may enter it. */
export class LocalReads<V> {
  constructor(private readonly tiers: Tiers) {}

  /** The held entry, if it is fresh besides, and not known to be absent. */
  fresh(slot: string): LocalValue<V> | undefined {
    const { coherence, clock } = this.tiers;
    const now = clock.now();
    const held = this.#get(slot, now);
    const usable = held && now < held.softAt && !held.entry.absent && coherence.freshAt(now) && tagsHold(held);
    return usable ? held : undefined;
  }

  /** The held entry, if everything that could have invalidated it was heard and it may still be served. */
  find(slot: string): ReadOutcome<V> | undefined {
    const { coherence, clock } = this.tiers;
    const now = clock.now();
    const held = this.#get(slot, now);
    if (!held) return undefined;
    if (!coherence.freshAt(now) || now >= held.staleAt || !tagsHold(held)) return undefined;
    return this.outcome(held, now);
  }

  /** A held entry as the answer to a read at `now`. */
  outcome({ entry, softAt, loadedAt }: LocalValue<V>, now: number): ReadOutcome<V> {
    return outcomeOf(entry, { ttlMs: softAt - now, ageMs: now - loadedAt, tier: 'l1' });
  }

  /** What the store had, as the answer to a read. */
  outcomeOfFound({ entry, stored, ttlMs }: FoundValue<V>): ReadOutcome<V> {
    const ageMs = Math.max(0, stored.hardMs - ttlMs);
    return outcomeOf(entry, { ttlMs: ttlMs - stored.softMs, ageMs, tier: this.tiers.store.tier });
  }

  admitFound(slot: Slot, { entry, stored, ttlMs }: FoundValue<V>, ticket: Ticket): void {
    this.#admit(slot, ticket, {
      entry,
      tags: stored.tags,
      loadedAt: this.tiers.clock.now() - (stored.hardMs - ttlMs),
      softMs: ttlMs - stored.softMs,
      staleMs: ttlMs - stored.staleMs,
      // No longer than the store keeps it, and than it was made for: a foreign PERSIST prolongs nothing.
      hardMs: Math.min(ttlMs, stored.hardMs),
    });
  }

  admitMade(slot: Slot, { entry, tags, lifetimes, ageMs, ttlMs }: MadeEntry<V>, ticket: Ticket): void {
    this.#admit(slot, ticket, {
      entry,
      tags,
      loadedAt: this.tiers.clock.now() - ageMs,
      softMs: lifetimes.freshMs - ageMs,
      staleMs: lifetimes.staleMs - ageMs,
      hardMs: ttlMs,
    });
  }

  #get(slot: string, now: number): LocalValue<V> | undefined {
    // A slot's name holds its cache's name, and a name is registered once: the entry is one of this cache's.
    return this.tiers.coherence.local.get(slot, now) as LocalValue<V> | undefined;
  }

  #admit(slot: Slot, ticket: Ticket, life: Admission<V>): void {
    if (ticket.poisoned) return;
    const { coherence, clock } = this.tiers;
    const now = clock.now();
    coherence.local.set(slot.name, slot.cache, {
      entry: life.entry,
      loadedAt: life.loadedAt,
      softAt: now + life.softMs,
      staleAt: now + life.staleMs,
      expiresAt: now + life.hardMs,
      // Seen since the ticket began, and no push for them since: they are what the tags are now.
      tags: life.tags.map(([tag, version]) => ({ tag: coherence.tags.learn(tag, version), version })),
    });
  }
}

interface Admission<V> {
  readonly entry: Entry<V>;
  readonly tags: readonly CapturedTag[];
  readonly loadedAt: number;
  readonly softMs: number;
  readonly staleMs: number;
  readonly hardMs: number;
}

function tagsHold({ tags }: LocalEntry): boolean {
  for (const { tag, version } of tags) if (tag.version !== version) return false;
  return true;
}

/** A value that was found, as the answer to a read. */
function outcomeOf<V>(
  entry: Entry<V>,
  { ttlMs, ageMs, tier }: Pick<ReadOutcome<V>, 'ttlMs' | 'ageMs' | 'tier'>,
): ReadOutcome<V> {
  const negative = entry.absent;
  const stale = ttlMs <= 0;
  return {
    answer: entry,
    result: negative ? 'negative' : stale ? 'stale' : 'hit',
    detail: stale && !negative ? 'stale-while-revalidate' : undefined,
    tier,
    ttlMs,
    ageMs,
    stored: true,
    onlyFor: undefined,
    collapsed: false,
  };
}
