/** When answers are compared with a write: so many milliseconds after it was acknowledged. */
export const SAMPLE_AGES = { '10ms': 10, '100ms': 100, '1s': 1_000, '10s': 10_000 } as const;
export type SampleAge = keyof typeof SAMPLE_AGES;

/** An entry that the write has named, or one whose load has read such an entry. */
export type SampledEntry = 'written' | 'derived';

/** How a comparison ended. `unknown`: Redis or the marker of the sample was unavailable. */
export type SampleResult = 'current' | 'stale' | 'unknown';

export interface StalenessCount {
  /** Answers that were compared with a write, stale ones included. */
  readonly compared: number;
  /** Answers that were older than the write. */
  readonly stale: number;
  /** Comparisons that were not possible. */
  readonly unknown: number;
}

/** The comparisons of this process since its start, by entry and by the time since the write. */
export type StalenessCounts = Readonly<Record<SampledEntry, Readonly<Record<SampleAge, StalenessCount>>>>;

/** Counts the comparisons of one process. */
export class StalenessTally {
  readonly #counts = { written: newCounts(), derived: newCounts() };

  add(entry: SampledEntry, age: SampleAge, result: SampleResult): void {
    const count = this.#counts[entry][age];
    if (result === 'unknown') count.unknown += 1;
    else count.compared += 1;
    if (result === 'stale') count.stale += 1;
  }

  snapshot(): StalenessCounts {
    return structuredClone(this.#counts);
  }
}

function newCounts() {
  return { '10ms': none(), '100ms': none(), '1s': none(), '10s': none() } satisfies Record<SampleAge, StalenessCount>;
}

function none() {
  return { compared: 0, stale: 0, unknown: 0 };
}
