import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROWS } from '../testing/history.js';
import { type Event, type Step, World } from '../testing/world.js';

/**
 * The engine under every order of events that chance comes up with. A scheduler decides when each act of the store, each answer on
 * its way back and each access to the origin happens.
 */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

const rows = fc.constantFrom(...ROWS);
const index = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read'), row: rows, strong: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('list'), strong: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail'), row: rows, strong: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'writeThrough',
        'writeAround',
        'refuse',
        'crash',
        'changeAndInvalidate',
        'changeAndInvalidateTags',
      ),
      row: rows,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear') }) },
);
const clients = fc.array(fc.record({ instance: index, steps: fc.array(step, { minLength: 1, maxLength: 5 }) }), {
  minLength: 2,
  maxLength: 5,
});
const pass: fc.Arbitrary<Event> = fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, 300, 1_000, 11_000) });
const connection: fc.Arbitrary<Event> = fc.record({ do: fc.constantFrom('disconnect', 'reconnect'), instance: index });
const channel: fc.Arbitrary<Event> = fc.record({ do: fc.constantFrom('deafen', 'hear'), instance: index });
const loss: fc.Arbitrary<Event> = fc.record({ do: fc.constantFrom('flush', 'restart') });

describe('consistency under any order of events', () => {
  async function holds(event: fc.Arbitrary<Event>, late: fc.Arbitrary<number[]>): Promise<void> {
    const slow = fc.uniqueArray(fc.nat({ max: 150 }), { minLength: 5, maxLength: 30 });
    const story = fc.record({ clients, events: fc.array(event, { maxLength: 6 }), late, slow });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), story, (scheduler, told) => new World(scheduler, told).run()),
      { numRuns: RUNS },
    );
  }
  const none = fc.constant<number[]>([]);
  const some = fc.array(fc.nat({ max: 120 }), { maxLength: 20 });

  it(
    'never reads older than acknowledged, in health',
    async () => {
      await expect(holds(pass, none)).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'never does while the store comes and goes',
    async () => {
      await expect(holds(fc.oneof(pass, connection, loss), some)).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'reads no older than the bound where nothing is heard',
    async () => {
      await expect(holds(fc.oneof(pass, channel), some)).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
});
