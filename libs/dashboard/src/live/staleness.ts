import type { SampleAge, SampledEntry, StalenessCounts } from '@nuthatch/cache';
import type { ComparedAnswers, StalenessFigures } from './figures.js';

/** The counts of one instance, at the begin and at the end of a time. */
export interface StalenessChange {
  readonly first: StalenessCounts;
  readonly last: StalenessCounts;
}

/** The ages of answers that are compared. */
export const AGES: readonly SampleAge[] = ['10ms', '100ms', '1s', '10s'];

/** Returns the comparisons of all instances in that time; none without an instance that samples. */
export function stalenessOf(changes: readonly StalenessChange[]): readonly StalenessFigures[] {
  if (changes.length === 0) return [];
  const sum = (entry: SampledEntry, age: SampleAge): ComparedAnswers => {
    const grown = (count: keyof ComparedAnswers): number =>
      changes.reduce((all, { first, last }) => all + last[entry][age][count] - first[entry][age][count], 0);
    return { compared: grown('compared'), stale: grown('stale') };
  };
  return AGES.map((age) => ({ age, written: sum('written', age), derived: sum('derived', age) }));
}
