import type { Clock } from '../clock.js';
import type { Coherence } from '../coherence/coherence.js';
import type { PendingInvalidations } from '../coherence/pending-invalidations.js';
import { decodeRecord, versionOf } from '../store/record-format.js';
import type { RecordSnapshot, RecordStore } from '../store/store.js';

/**
 * What a read without options would find: a value, by the time since its load began in milliseconds; nothing, so that it would load; or
 * a record that no reader can decode without the codec of its cache.
 */
export type PresentAnswer = number | 'none' | 'unknown';

export interface PresentAnswers {
  /** The remaining life of the marker by the clock of the store, in milliseconds. */
  readonly markerTtlMs: number;
  /** In the order of the records. */
  readonly answers: readonly PresentAnswer[];
}

/** Finds what reads of this process would answer now. It loads, stores and counts nothing. */
export class AnswerFinder {
  constructor(
    private readonly parts: {
      readonly clock: Clock;
      readonly coherence: Coherence;
      readonly pending: PendingInvalidations;
      readonly store: RecordStore;
    },
  ) {}

  /** Returns `undefined` if the store has lost the marker. @throws when the store is unavailable. */
  async find(marker: string, recordKeys: readonly string[]): Promise<PresentAnswers | undefined> {
    // Before the store is asked: meanwhile an invalidation may arrive.
    const local = recordKeys.map((recordKey) => this.#inMemory(recordKey));
    // The form in which the record of every codec but a foreign text is read.
    const { records } = await this.parts.store.read([marker, ...recordKeys], [], { form: 'binary' });
    const [mark, ...stored] = records;
    if (!mark || mark.text === null) return undefined;
    const answers = recordKeys.map(async (recordKey, place) => local[place] ?? this.#inStore(recordKey, stored[place]));
    return { markerTtlMs: mark.ttlMs, answers: await Promise.all(answers) };
  }

  #inMemory(recordKey: string): number | undefined {
    const { clock, coherence, pending } = this.parts;
    const now = clock.now();
    if (pending.size > 0 || !coherence.freshAt(now)) return undefined;
    const found = coherence.local.get(recordKey, now);
    return found?.tags.every(({ tag, version }) => tag.version === version) ? now - found.loadedAt : undefined;
  }

  async #inStore(recordKey: string, snapshot: RecordSnapshot | undefined): Promise<PresentAnswer> {
    const { text = null, ttlMs = 0 } = snapshot ?? {};
    if (text === null) return 'none';
    const state = decodeRecord(text, 'binary');
    if (state.kind === 'unreadable') return 'unknown';
    if (state.kind !== 'value') return 'none';
    const { tags, expiryMs, swrUntilMs } = state.value;
    const names = tags.map(([name]) => name);
    // From then on, only a failure of the origin lets a read answer with it.
    if (ttlMs <= swrUntilMs || this.parts.pending.affects(recordKey, names)) return 'none';
    const { tags: texts } = await this.parts.store.read([], names);
    const isCurrent = tags.every(([, version], place) => versionOf(texts[place] ?? null) === version);
    return isCurrent ? Math.max(0, expiryMs - ttlMs) : 'none';
  }
}
