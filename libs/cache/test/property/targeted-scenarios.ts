import fc from 'fast-check';
import type { Act, Fault, Nth, Step, Scenario, Write } from './scenario.js';

/** Scenarios in which one rule of the protocol decides nearly always. Chance alone rarely generates them. */

/** Selects some of the first turns or calls with these labels. */
function someOf(labels: readonly string[], maxLength: number): fc.Arbitrary<Nth[]> {
  const nth = fc.record({ label: fc.constantFrom(...labels), n: fc.nat({ max: 2 }) });
  return fc.uniqueArray(
    nth.map(({ label, n }): Nth => `${label}#${n}`),
    { maxLength },
  );
}

function write(by: number, ...kinds: readonly Write[]): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constantFrom(...kinds), by: fc.constant(by), row: fc.constant('a') });
}

function read(by: number): fc.Arbitrary<Step> {
  const does = fc.constant(by);
  return fc.oneof(
    fc.record({ do: fc.constant('read'), by: does, row: fc.constant('a'), strong: fc.constant(false) }),
    list(by),
    fc.record({ do: fc.constant('many'), by: does, strong: fc.constant(false) }),
  );
}

function list(by: number): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant('list'),
    by: fc.constant(by),
    strong: fc.constant(false),
    together: fc.boolean(),
  });
}

const [HERE, THERE] = [0, 1];
const second: Fault = { do: 'pass', ms: 1_000 };
const moment: Fault = { do: 'pass', ms: 1 };
const none = fc.constant<Nth[]>([]);

/** Runs acts in sequence. */
function thread(...acts: readonly (fc.Arbitrary<Act> | Act)[]): fc.Arbitrary<Act[]> {
  return fc.tuple(...acts.map((act) => ('do' in act ? fc.constant(act) : act)));
}

function scenario(
  threads: readonly fc.Arbitrary<Act[]>[],
  slow: fc.Arbitrary<Nth[]>,
  late: fc.Arbitrary<Nth[]> = none,
): fc.Arbitrary<Scenario> {
  return fc.record({ threads: fc.tuple(...threads), slow, late });
}

/** Makes one announcement exceed its deadline and arrive much later, as may happen to some of `others`. */
function lateIntent(others: readonly Nth[], threads: readonly fc.Arbitrary<Act[]>[]): fc.Arbitrary<Scenario> {
  return fc
    .nat({ max: 2 })
    .map((n): Nth => `intent#${n}`)
    .chain((intent) =>
      scenario(
        threads,
        fc.subarray([...others]).map((slow) => [intent, ...slow]),
        fc.constant([intent]),
      ),
    );
}

/** Two writers write one row at once, and store values. */
export const overlappingWriters: fc.Arbitrary<Scenario> = scenario(
  [
    thread(write(HERE, 'writeThrough')),
    thread(write(THERE, 'writeThrough', 'changeAndInvalidate')),
    thread(read(HERE)),
  ],
  someOf(['committed a', 'done with value', 'reply to intent'], 3),
);

/** The announcement of a write arrives long after its writer gave up, when other writers have written. */
export const lateAnnouncements: fc.Arbitrary<Scenario> = lateIntent(
  ['done with value#0', 'committed a#0', 'committed a#1'],
  [thread(write(HERE, 'writeThrough')), thread(write(THERE, 'writeThrough', 'changeAndInvalidate'))],
);

/** A list is loaded while a late announcement of its item is in flight, next to slow ends of writes. */
export const listsBesideLateAnnouncements: fc.Arbitrary<Scenario> = lateIntent(
  ['done#0', 'done#1', 'done#2'],
  [thread(write(HERE, 'writeThrough', 'writeInvalidate')), thread(list(THERE), list(THERE), list(THERE))],
);

/** A process reads while a writer announces its write and is lost. */
export const lostWriters: fc.Arbitrary<Scenario> = scenario(
  [
    thread({ do: 'receiveMessages', to: HERE }, read(HERE)),
    thread(write(THERE, 'writeInvalidate', 'crash'), write(THERE, 'crash')),
  ],
  someOf(['reply to read', 'reply to fill', 'select a', 'selected a', 'fill', 'commit a'], 3),
);

/** A read takes longer than `maxStaleness`, and another one could join it. */
export const oldFlights: fc.Arbitrary<Scenario> = scenario(
  [
    thread({ do: 'receiveMessages', to: HERE }, read(HERE)),
    thread(
      fc.constantFrom<Fault>({ do: 'dropMessages', to: HERE }, { do: 'receiveMessages', to: HERE }),
      write(THERE, 'crash', 'writeThrough', 'writeInvalidate'),
      fc.constantFrom(second, moment),
      read(HERE),
    ),
  ],
  someOf(['reply to read', 'selected a', 'selected many', 'reply to fill'], 3),
);

/** A load begins on one connection and ends on another: of a server restored from a save, or of the same server. */
export const changedConnections: fc.Arbitrary<Scenario> = scenario(
  [
    thread({ do: 'flush' }, read(HERE)),
    fc.oneof(
      thread({ do: 'save' }, write(THERE, 'writeThrough', 'writeInvalidate', 'changeAndInvalidate'), { do: 'restart' }),
      thread({ do: 'disconnect', to: HERE }, write(HERE, 'writeThrough', 'crash'), { do: 'reconnect', to: HERE }),
    ),
    thread(read(THERE), read(HERE)),
  ],
  fc.subarray<Nth>(['save#0', 'disconnect#0', 'select a#0', 'selected a#0', 'selected many#0', 'fill#0']),
);
