import { mapLimited, type Run } from '../processes.js';
import { nameOf, type Purpose, type SetUp } from '../contender.js';
import { isOurs, setUpsFor } from '../all-set-ups.js';
import type { Row } from '../figures/table.js';

export interface Measurement<R> {
  readonly purpose: Purpose;
  /** How many set-ups are measured at the same time. */
  readonly atOnce: number;
  readonly measure: (setUp: SetUp) => Promise<R>;
  readonly cellsOf: (result: R, setUp: SetUp) => Row;
}

export interface Measured<R> {
  readonly ours: readonly (readonly [SetUp, R])[];
  readonly peers: readonly (readonly [SetUp, R])[];
  /** The rows of the table, each with the set-up's name first. */
  readonly rows: readonly Row[];
  /** Set-ups of Nuthatch that could not be measured. */
  readonly faults: readonly string[];
}

/** Measures every set-up. A set-up that fails gets a row with its error, and the others continue. */
export async function eachSetUp<R>(run: Run, measurement: Measurement<R>): Promise<Measured<R>> {
  const { purpose, atOnce, measure, cellsOf } = measurement;
  const ours: [SetUp, R][] = [];
  const peers: [SetUp, R][] = [];
  const faults: string[] = [];
  const rows = await mapLimited(setUpsFor(purpose), atOnce, async (setUp) => {
    const cells = await measure(setUp).then(
      (result) => {
        (isOurs(setUp) ? ours : peers).push([setUp, result]);
        return cellsOf(result, setUp);
      },
      (error: unknown) => {
        if (isOurs(setUp)) faults.push(`${nameOf(setUp)}: ${String(error)}`);
        return [`could not be measured: ${String(error)}`];
      },
    );
    run.say(`${nameOf(setUp)}: ${cells.join(' · ')}`);
    return [nameOf(setUp), ...cells];
  });
  return { ours, peers, rows, faults };
}
