import fc from 'fast-check';
import { ROWS } from './history.js';
import { type Fault, type Nth, type Step, type Scenario, WRITES } from './scenario.js';

const PROCESSES = 3;

const row = fc.constantFrom(...ROWS);
const process = fc.nat({ max: PROCESSES - 1 });
const strong = fc.boolean();

/** Generates the steps of a process, with weights that make reads overlap with writes. */
function steps(by: number): fc.Arbitrary<Step> {
  const does = fc.constant(by);
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('read'), by: does, row, strong }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('many'), by: does, strong }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('list'), by: does, strong, together: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('fail'), by: does, row, strong }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom(...WRITES), by: does, row }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear'), by: does }) },
  );
}

const clients = fc.array(
  process.chain((by) => fc.array(steps(by), { minLength: 1, maxLength: 5 })),
  { minLength: 2, maxLength: 5 },
);

export const passing: fc.Arbitrary<Fault> = fc.record({
  do: fc.constant('pass'),
  ms: fc.constantFrom(1, 300, 1_000, 11_000),
});
export const connection: fc.Arbitrary<Fault> = fc.record({
  do: fc.constantFrom('disconnect', 'reconnect'),
  to: process,
});
export const channel: fc.Arbitrary<Fault> = fc.record({
  do: fc.constantFrom('dropMessages', 'receiveMessages'),
  to: process,
});
export const loss: fc.Arbitrary<Fault> = fc.record({ do: fc.constantFrom('flush', 'save', 'restart') });

const nth = (max: number): fc.Arbitrary<Nth> => fc.nat({ max }).map((n): Nth => `#${n}`);
export const noneLate = fc.constant<Nth[]>([]);
export const someLate = fc.array(nth(120), { maxLength: 20 });
const someSlow = fc.uniqueArray(nth(150), { minLength: 5, maxLength: 30 });

/** Generates random steps in several threads, with faults of one kind. */
export function anyScenario(faults: fc.Arbitrary<Fault>, late: fc.Arbitrary<Nth[]>): fc.Arbitrary<Scenario> {
  return fc
    .record({ clients, faults: fc.array(faults, { maxLength: 6 }), late, slow: someSlow })
    .map(({ clients, faults, ...rest }) => ({ threads: [...clients, faults], ...rest }));
}
