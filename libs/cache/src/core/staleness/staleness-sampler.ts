import type { Clock } from '../clock.js';
import type { Coherence } from '../coherence/coherence.js';
import type { PendingInvalidations } from '../coherence/pending-invalidations.js';
import { versionText } from '../store/record-format.js';
import type { RedisKeys } from '../store/redis-keys.js';
import type { RecordStore } from '../store/store.js';
import { DerivedEntries } from './derived-entries.js';
import { AnswerFinder, type PresentAnswer } from './present-answers.js';
import { parseSample, type Sample } from './sample.js';
import {
  SAMPLE_AGES,
  type SampleAge,
  type SampleResult,
  type StalenessCounts,
  StalenessTally,
} from './staleness-counts.js';

/** Further writes are not sampled meanwhile. */
const MOST_RUNNING = 100;
const MOST_RECORDS = 20;
/** Longer than the last comparison after a write that takes long. */
const MARKER_MS = 30_000;
/** Times of records are whole milliseconds, and an event loop may be late between two of them. */
const TOLERANCE_MS = 20;
const AGES = Object.keys(SAMPLE_AGES) as readonly SampleAge[];

/** A write that is sampled. */
export interface SampledWrite {
  /** The store has acknowledged the write of these records. */
  acknowledged(recordKeys: readonly string[]): Promise<void>;
}

/**
 * Compares a share of all writes with what this instance and the others answer afterwards: the promise of the caches as a figure.
 *
 * An answer is stale if its load began before the write did. Both times are remaining lives of records on the clock of the store, so
 * that no two clocks are compared: the write sets a marker when it begins, and an entry carries its TTL. Later writes of the row
 * make no difference, because their entries are younger still.
 *
 * A hit costs nothing. A sampled write costs one command and one message, and each of its comparisons two reads of the store.
 */
export class StalenessSampler {
  readonly derived = new DerivedEntries();
  readonly #tally = new StalenessTally();
  readonly #answers: AnswerFinder;
  readonly #id: string;
  #send: (text: string) => void = () => {};
  #running = 0;

  constructor(
    private readonly parts: {
      readonly clock: Clock;
      readonly keys: RedisKeys;
      readonly coherence: Coherence;
      readonly pending: PendingInvalidations;
      readonly store: RecordStore;
    },
    /** From 0 to 1. */
    private readonly share: number,
  ) {
    this.#answers = new AnswerFinder(parts);
    this.#id = parts.clock.id();
  }

  get counts(): StalenessCounts {
    return this.#tally.snapshot();
  }

  /** Sends the samples of this instance to the others. Until then, only this instance compares them. */
  connect(send: (text: string) => void): void {
    this.#send = send;
  }

  /** A write begins. Returns `undefined` if it is not sampled. */
  begin(): SampledWrite | undefined {
    const { clock, keys, store } = this.parts;
    if (this.#running >= MOST_RUNNING || clock.random() >= this.share) return undefined;
    const startedAt = clock.now();
    const marker = keys.sample(clock.id());
    const marked = store.ensureTagVersion(marker, versionText(clock.id()), MARKER_MS).then(
      () => clock.now() - startedAt,
      () => undefined,
    );
    return {
      acknowledged: async (recordKeys) => {
        const markedWithinMs = await marked;
        if (markedWithinMs === undefined || recordKeys.length === 0) return;
        const sample = { from: this.#id, marker, markedWithinMs, recordKeys: recordKeys.slice(0, MOST_RECORDS) };
        this.#send(JSON.stringify(sample));
        this.#follow(sample);
      },
    };
  }

  /** Receives the sample of another instance. */
  receive(text: string): void {
    const sample = parseSample(text);
    // An instance receives its own messages too.
    if (sample && sample.from !== this.#id) this.#follow(sample);
  }

  #follow(sample: Sample): void {
    if (this.#running >= MOST_RUNNING) return;
    this.#running += 1;
    const { clock } = this.parts;
    const receivedAt = clock.now();
    for (const age of AGES) {
      const stop = clock.every(SAMPLE_AGES[age], () => {
        stop();
        if (age === AGES.at(-1)) this.#running -= 1;
        void this.#compare(sample, age, receivedAt);
      });
    }
  }

  async #compare({ marker, markedWithinMs, recordKeys }: Sample, age: SampleAge, receivedAt: number): Promise<void> {
    const derived = this.derived.of(recordKeys);
    const passedMs = this.parts.clock.now() - receivedAt;
    const found = await this.#answers.find(marker, [...recordKeys, ...derived]).catch(() => undefined);
    const elapsedMs = found && MARKER_MS - found.markerTtlMs;
    const resultAt = (place: number): SampleResult => {
      const answer = found?.answers[place] ?? 'unknown';
      // If less time has passed on the clock of the server, the clock was set back.
      if (elapsedMs === undefined || elapsedMs < passedMs - TOLERANCE_MS) return 'unknown';
      return resultOf(answer, elapsedMs + markedWithinMs + TOLERANCE_MS);
    };
    recordKeys.forEach((_, place) => this.#tally.add('written', age, resultAt(place)));
    derived.forEach((_, place) => this.#tally.add('derived', age, resultAt(recordKeys.length + place)));
  }
}

function resultOf(answer: PresentAnswer, sinceWriteMs: number): SampleResult {
  if (answer === 'unknown') return 'unknown';
  // Without an entry, a read loads the present row.
  return answer !== 'none' && answer > sinceWriteMs ? 'stale' : 'current';
}
