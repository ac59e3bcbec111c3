import type { CacheDefinition } from './cache-definition.js';
import { Counters } from './counters.js';
import { Entry } from './entry.js';
import { LoadScope } from './load-scope.js';
import type { Slot, SlotSnapshot, Tier } from './ports.js';
import type { ReadOutcome } from './read-outcome.js';
import { SingleFlight } from './single-flight.js';
import { type CapturedTag, decodeSlot, encodeSlot } from './slot.js';
import type { Tiers } from './tiers.js';

/** How long L1 may serve an item that another process can have written. */
const LOCAL_LIFE_MS = 1_000;

/** One read, in the order it passes the tiers: L1, the flight under way, the store, the loader. */
export class ReadPath<K, V> {
  readonly #flights = new SingleFlight<ReadOutcome<V>>();
  #warned = false;

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    private readonly counters: Counters,
  ) {}

  async read(slot: Slot, tags: readonly string[], load: () => Promise<V>): Promise<ReadOutcome<V>> {
    const outer = LoadScope.loading(slot.name);
    if (outer) return this.#innermost(outer, load);
    try {
      const outcome = this.#readLocal(slot) ?? (await (this.#join(slot) ?? this.#fly(slot, tags, load)));
      this.counters.read(outcome.result);
      return outcome;
    } catch (error) {
      this.counters.read('error');
      throw error;
    }
  }

  /** What stands in the tiers now, without loading. */
  async peek(slot: Slot, tags: readonly string[]): Promise<V | undefined> {
    const found = this.#readLocal(slot) ?? this.#found(slot, tags, await this.tiers.store.read(slot, tags));
    this.counters.read(found ? 'hit' : 'miss');
    return found?.answer.value;
  }

  /** Stores a value that was not loaded here. */
  async put(
    slot: Slot,
    tags: readonly string[],
    { value, ttlMs }: { readonly value: V; readonly ttlMs: number },
  ): Promise<void> {
    const captured = await this.#capture(tags, await this.tiers.store.read(slot, tags));
    await this.#fill(slot, captured, { value, ttlMs, startedAt: this.tiers.clock.now() });
  }

  /** Lets nobody be served by this process what it holds or is loading. */
  forget(slot: Slot): void {
    this.tiers.local?.delete(slot);
    this.#flights.detach(slot.name);
  }

  #readLocal(slot: Slot): ReadOutcome<V> | undefined {
    if (!this.tiers.local) return undefined;
    const held = this.tiers.local.get(slot);
    this.counters.tier('l1', held !== undefined);
    if (!held) return undefined;
    const now = this.tiers.clock.now();
    // The slot's name holds the cache's name, and one definition a name is registered: the entry is one of ours.
    const entry = held.entry as Entry<V>;
    return hit(entry, 'l1', { ttlMs: held.endsAt - now, ageMs: now - held.loadedAt });
  }

  /** Not async: between finding no flight and starting one, nothing may run. */
  #join(slot: Slot): Promise<ReadOutcome<V>> | undefined {
    const flight = this.#flights.join(slot.name);
    if (flight) this.counters.collapsed();
    return flight?.then((outcome) => ({ ...outcome, stored: false, collapsed: true }));
  }

  #fly(slot: Slot, tags: readonly string[], load: () => Promise<V>): Promise<ReadOutcome<V>> {
    return this.#flights.run(slot.name, async () => {
      const snapshot = await this.#readStore(slot, tags);
      if (!snapshot) return this.#bypass(slot, load);
      return this.#found(slot, tags, snapshot) ?? this.#load(slot, tags, snapshot, load);
    });
  }

  async #readStore(slot: Slot, tags: readonly string[]): Promise<SlotSnapshot | undefined> {
    try {
      return await this.tiers.store.read(slot, tags);
    } catch {
      // The store tells the world about its own state; a read goes on without it.
      return undefined;
    }
  }

  #found(slot: Slot, tags: readonly string[], { text, ttlMs, tagVersions }: SlotSnapshot): ReadOutcome<V> | undefined {
    const content = text === null ? undefined : decodeSlot(text);
    const usable =
      content?.schemaVersion === this.definition.version &&
      content.tags.length === tags.length &&
      content.tags.every(([tag, version], index) => tag === tags[index] && version === tagVersions[index]);
    const { tier } = this.tiers.store;
    this.counters.tier(tier, usable);
    if (!content || !usable) return undefined;
    const entry = new Entry<V>(content.json, content.etag);
    const ageMs = Math.max(0, content.hardMs - ttlMs);
    this.#admit(slot, entry, { ttlMs, ageMs });
    return hit(entry, tier, { ttlMs, ageMs });
  }

  async #load(
    slot: Slot,
    tags: readonly string[],
    snapshot: SlotSnapshot,
    load: () => Promise<V>,
  ): Promise<ReadOutcome<V>> {
    const captured = await this.#capture(tags, snapshot).catch(() => undefined);
    const startedAt = this.tiers.clock.now();
    const { value, unchanged } = await this.#run(slot, load);
    if (!captured || !unchanged) return missed(value, undefined);
    const loaded = { value, startedAt, ttlMs: this.definition.ttlMs };
    return missed(value, await this.#fill(slot, captured, loaded).catch(() => undefined));
  }

  async #bypass(slot: Slot, load: () => Promise<V>): Promise<ReadOutcome<V>> {
    const { value } = await this.#run(slot, load);
    return { ...missed(value, undefined), result: 'bypass' };
  }

  async #run(slot: Slot, load: () => Promise<V>): Promise<{ value: V; unchanged: boolean }> {
    this.counters.loaded();
    const { value, scope } = await LoadScope.run(slot.name, load);
    const unchanged = scope.isUnchanged(value);
    if (!unchanged)
      this.#warn('the answer is not the object that the innermost loader returned: it is sent, not stored');
    return { value, unchanged };
  }

  /** A read of a slot that is being loaded around it: the loader runs, and the outermost load stores what it returns. */
  async #innermost(outer: LoadScope, load: () => Promise<V>): Promise<ReadOutcome<V>> {
    const value = await load();
    outer.produced(value);
    return missed(value, undefined);
  }

  /** The versions that the tags have before the load begins; a tag that is absent gets its first one. */
  #capture(tags: readonly string[], { tagVersions }: SlotSnapshot): Promise<CapturedTag[]> {
    const { store, clock } = this.tiers;
    return Promise.all(
      tags.map(async (tag, index) => [tag, tagVersions[index] ?? (await store.createTag(tag, clock.id()))] as const),
    );
  }

  async #fill(
    slot: Slot,
    tags: readonly CapturedTag[],
    { value, startedAt, ttlMs: hardMs }: Loaded<V>,
  ): Promise<Filled<V> | undefined> {
    const entry = this.#encode(value);
    const ageMs = this.tiers.clock.now() - startedAt;
    const ttlMs = Math.floor(hardMs - ageMs);
    if (!entry || ttlMs < 1) return undefined;
    const text = encodeSlot({
      fillId: this.tiers.clock.id(),
      schemaVersion: this.definition.version,
      hardMs,
      etag: entry.etag,
      tags,
      json: entry.json,
    });
    await this.tiers.store.write(slot, text, ttlMs);
    this.#admit(slot, entry, { ttlMs, ageMs });
    return { entry, ttlMs, ageMs };
  }

  #encode(value: V): Entry<V> | undefined {
    try {
      // undefined, a function or a symbol have no JSON text, whatever the signature says.
      const json: string | undefined = JSON.stringify(value);
      if (json !== undefined) return new Entry<V>(json, this.definition.etag?.(value));
      this.#warn('a value without JSON form is sent, not stored');
    } catch (error) {
      this.#warn(`a value that cannot be written as JSON is sent, not stored: ${String(error)}`);
    }
    return undefined;
  }

  /** Entries with tags stay out of L1: only the store can tell whether a tag was invalidated. */
  #admit(slot: Slot, entry: Entry<V>, { ttlMs, ageMs }: Life): void {
    if (!this.tiers.local || this.definition.tags) return;
    const now = this.tiers.clock.now();
    const life = { loadedAt: now - ageMs, endsAt: now + ttlMs, expiresAt: now + Math.min(ttlMs, LOCAL_LIFE_MS) };
    this.tiers.local.set(slot, { entry, ...life });
  }

  #warn(what: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.tiers.warn(`Cache "${this.definition.name}": ${what}`);
  }
}

interface Loaded<V> {
  readonly value: V;
  readonly startedAt: number;
  readonly ttlMs: number;
}

interface Life {
  readonly ttlMs: number;
  readonly ageMs: number;
}

interface Filled<V> extends Life {
  readonly entry: Entry<V>;
}

function hit<V>(entry: Entry<V>, tier: Tier, { ttlMs, ageMs }: Life): ReadOutcome<V> {
  return { answer: entry, result: 'hit', tier, ttlMs, ageMs, stored: true, collapsed: false };
}

function missed<V>(value: V, filled: Filled<V> | undefined): ReadOutcome<V> {
  const { entry, ttlMs = 0, ageMs = 0 } = filled ?? {};
  const answer = { value, json: entry?.json, etag: entry?.etag };
  return { answer, result: 'miss', tier: undefined, ttlMs, ageMs, stored: filled !== undefined, collapsed: false };
}
