import type { CacheRuntime } from '../cache-runtime.js';
import type { FoundValue, TagVersionResult } from '../read/lookup-result.js';
import { versionOf } from '../store/record-format.js';
import type { SnapshotEntry } from './snapshot-entry.js';

/** The first pause before another look, and the longest one: a write is in progress, or has overtaken a load. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 30;

/** Why a snapshot must be taken again, or cannot be taken. */
export type SnapshotFault = 'changed' | 'late' | 'not-stored' | 'unavailable';

/** Rejects the reads of a snapshot. The callback must not handle it. */
export class SnapshotInterrupted extends Error {
  constructor(
    readonly fault: SnapshotFault,
    options?: ErrorOptions,
  ) {
    super('The snapshot is taken again.', options);
  }
}

/**
 * Reads entries that existed at one instant.
 *
 * The records of all entries are looked up in one step of the store, at which nothing else changes. A record that is current then has
 * what its row has: a write announces itself before it commits, and its announcement replaces the record. So if all records are
 * current at that moment, all their values existed together, and no write is seen in parts. Later reads look the earlier records up
 * again: if one has changed, the callback runs again.
 *
 * Several servers have no step in common, so their records are looked up twice. Those that are the same in both looks were so at the
 * moment between the looks.
 */
export class Snapshot {
  readonly #entries = new Map<string, SnapshotEntry<unknown>>();
  #looking: Promise<void> | undefined;
  #interrupted: SnapshotInterrupted | undefined;

  constructor(
    private readonly runtime: Pick<CacheRuntime, 'store' | 'clock' | 'pending'>,
    /** When to give up, on the clock of the cache. */
    private readonly endsAt: number,
  ) {}

  /** Why its values may not be used; `undefined` if they may. */
  get interrupted(): SnapshotInterrupted | undefined {
    return this.#interrupted;
  }

  /** Resolves to the value of an entry. All reads of one turn share a look. @throws {SnapshotInterrupted} */
  async read<V>(entry: SnapshotEntry<V>): Promise<V | undefined> {
    const { key } = entry.ref.record;
    if (!this.#entries.has(key)) this.#entries.set(key, entry);
    await (this.#looking ??= this.#lookOnce());
    // An entry that was asked for before has the value.
    return this.#entries.get(key) === entry ? entry.value : this.#sameValue(key);
  }

  #sameValue<V>(key: string): V | undefined {
    return this.#entries.get(key)?.value as V | undefined;
  }

  async #lookOnce(): Promise<void> {
    // The other reads of this turn come first.
    await Promise.resolve();
    this.#looking = undefined;
    try {
      await this.#look();
    } catch (error) {
      if (error instanceof SnapshotInterrupted) this.#interrupted = error;
      throw error;
    }
  }

  async #look(): Promise<void> {
    const { clock, store } = this.runtime;
    const startedAt = clock.now();
    let looks = store.servers ? 2 : 1;
    const entries = [...this.#entries.values()];
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const found = await this.#lookUp(entries);
      const missing = entries.filter((entry) => typeof found.get(entry) !== 'object');
      if (missing.length === 0) {
        this.#keep(found, clock.now() - startedAt);
        looks -= 1;
        if (looks === 0) return;
        continue;
      }
      if (clock.now() >= this.endsAt) throw new SnapshotInterrupted('late');
      const absent = missing.filter((entry) => found.get(entry) === 'missing');
      const isFirstLoad = pauseMs === FIRST_PAUSE_MS && absent.length === missing.length;
      if (!isFirstLoad) await clock.sleep(pauseMs * (0.5 + clock.random()));
      // The next look follows at once, before the next write.
      const areStored = await Promise.all(absent.map((entry) => entry.fill()));
      if (areStored.includes(false)) throw new SnapshotInterrupted('not-stored');
    }
  }

  #keep(found: ReadonlyMap<SnapshotEntry<unknown>, Look>, durationMs: number): void {
    for (const [entry, value] of found)
      if (typeof value === 'object' && entry.isReplacedBy(value)) throw new SnapshotInterrupted('changed');
    for (const [entry, value] of found) if (typeof value === 'object') entry.keep(value, durationMs);
  }

  /** Looks all records and tags up in one step of the store. */
  async #lookUp(entries: readonly SnapshotEntry<unknown>[]): Promise<ReadonlyMap<SnapshotEntry<unknown>, Look>> {
    const tags = [...new Set(entries.flatMap(({ ref }) => ref.tags))];
    const keys = entries.map(({ ref }) => ref.record.key);
    const reading = await this.runtime.store.read(keys, tags, { proven: true }).catch((cause: unknown) => {
      throw new SnapshotInterrupted('unavailable', { cause });
    });
    const versions = new Map(tags.map((tag, place) => [tag, versionResult(tag, reading.tags[place] ?? null)]));
    return new Map(
      entries.map((entry, place): readonly [SnapshotEntry<unknown>, Look] => {
        const { record, tags: own } = entry.ref;
        if (this.runtime.pending.affects(record.key, own)) return [entry, 'writing'];
        const state = entry.classify(
          reading.records[place],
          own.flatMap((tag) => versions.get(tag) ?? []),
        );
        if (state.kind === 'value' && state.freshness === 'fresh' && state.entry.readable) return [entry, state];
        return [entry, state.kind === 'writing' ? 'writing' : 'missing'];
      }),
    );
  }
}

/** What one look found: a value to use, a write in progress, or a value to load. */
type Look = FoundValue<unknown> | 'writing' | 'missing';

function versionResult(recordKey: string, text: string | null): TagVersionResult {
  return { recordKey, text, version: versionOf(text) };
}
