import { describe, expect, it } from 'vitest';
import { givenRuntime } from '../../testing/given-runtime.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { Counters } from '../counters.js';
import { defineCache } from '../policy/define-cache.js';
import { EntryFactory } from './entry-factory.js';

class RandomClock extends ManualClock {
  constructor(private readonly number: number) {
    super();
  }

  override random(): number {
    return this.number;
  }
}

interface Given {
  readonly random?: number;
  readonly value?: number | undefined;
  readonly ttlMs?: number;
  readonly ageMs?: number;
}

/** Creates an entry that is fresh for 100 ms, then stale for 50 ms, and kept for 250 ms more. */
function created({ random = 0.5, ageMs = 0, ttlMs, ...given }: Given) {
  const clock = new RandomClock(random);
  const { runtime } = givenRuntime({ clock });
  const definition = defineCache<number>('test', {
    ttl: '100ms',
    staleWhileRevalidate: '50ms',
    staleIfError: '300ms',
    negativeTtl: '40ms',
  });
  const factory = new EntryFactory(definition, runtime, new Counters('test'));
  const entry = factory.entryOf('value' in given ? given.value : 1);
  clock.advance(ageMs);
  const record = runtime.keys.record('test', 'k');
  return entry && factory.create(entry, { record, tags: [], startedAt: 0, ttlMs });
}

describe(EntryFactory.name, () => {
  it.each([
    [0, { freshMs: 90, swrMs: 140, ttlMs: 390 }],
    [0.5, { freshMs: 100, swrMs: 150, ttlMs: 400 }],
    [1, { freshMs: 110, swrMs: 160, ttlMs: 410 }],
  ])('moves all times of a value by the same amount, for the random number %f', (random, times) => {
    expect(created({ random })).toMatchObject(times);
  });

  it('moves no time of a known absence', () => {
    expect(created({ random: 1, value: undefined })).toMatchObject({ freshMs: 40, swrMs: 40, ttlMs: 40 });
  });

  it('moves all times by the same amount for a shorter life, and lengthens none', () => {
    expect(created({ ttlMs: 60 })).toMatchObject({ freshMs: 60, swrMs: 110, ttlMs: 360 });
    expect(created({ ttlMs: 101 })).toMatchObject({ freshMs: 100, swrMs: 150, ttlMs: 400 });
  });

  it('counts all times from the start of the load', () => {
    expect(created({ ageMs: 30 })).toMatchObject({ ageMs: 30, freshMs: 70, swrMs: 120, ttlMs: 370 });
    expect(created({ ageMs: 400 })).toBeUndefined();
  });
});
