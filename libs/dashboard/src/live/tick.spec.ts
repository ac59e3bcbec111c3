import { Histogram } from '@nuthatch/cache';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from './snapshot.js';
import { tickOf } from './tick.js';

const none = new Histogram().toJSON();

function snapshot(changed: Partial<Snapshot>): Snapshot {
  return {
    id: 'a',
    host: 'host',
    uptimeMs: 1_000,
    reads: 0,
    hits: 0,
    shared: 0,
    loads: 0,
    errors: 0,
    pending: 0,
    channel: true,
    heartbeatAgeMs: 100,
    entries: 0,
    bytes: 0,
    hitMs: none,
    missMs: none,
    ...changed,
  };
}

function timesOf(...ms: number[]): ReturnType<Histogram['toJSON']> {
  const histogram = new Histogram();
  for (const each of ms) histogram.record(each);
  return histogram.toJSON();
}

describe(tickOf, () => {
  it('adds up the rates of all instances, each over its own last seconds', () => {
    const first = [
      { at: 0, snapshot: snapshot({ reads: 0 }) },
      { at: 4_000, snapshot: snapshot({ reads: 400, hits: 300, loads: 100, errors: 4 }) },
    ];
    const second = [
      { at: 1_000, snapshot: snapshot({ id: 'b', reads: 1_000, hits: 1_000 }) },
      { at: 3_000, snapshot: snapshot({ id: 'b', reads: 1_200, hits: 1_200 }) },
    ];
    expect(tickOf([first, second], 4_500, 77)).toMatchObject({
      at: 77,
      readsPerSecond: 200,
      hitRatio: 0.875,
      loadsPerSecond: 25,
      savedPerSecond: 175,
      errorsPerSecond: 1,
      instances: [
        { id: 'a', readsPerSecond: 100, ageMs: 500 },
        { id: 'b', readsPerSecond: 100, ageMs: 1_500 },
      ],
    });
  });

  it('forgets a burst that is older than the last seconds', () => {
    const received = [
      { at: 0, snapshot: snapshot({ reads: 0 }) },
      { at: 1_000, snapshot: snapshot({ reads: 10_000 }) },
      { at: 5_000, snapshot: snapshot({ reads: 10_040 }) },
    ];
    expect(tickOf([received], 5_000, 0).readsPerSecond).toBe(10);
  });

  it('has no hit ratio without reads, and no rate with one snapshot', () => {
    const received = [{ at: 0, snapshot: snapshot({ reads: 7, hits: 7 }) }];
    expect(tickOf([received], 0, 0)).toMatchObject({ readsPerSecond: 0, hitRatio: null, hitMs: [0, 0, 0] });
  });

  it('takes percentiles from what all instances measured meanwhile', () => {
    const before = snapshot({ missMs: timesOf(900, 900, 900) });
    const after = snapshot({ missMs: timesOf(900, 900, 900, 1, 1, 1) });
    const other = snapshot({ id: 'b', missMs: timesOf(64) });
    const fleet = [
      [
        { at: 0, snapshot: before },
        { at: 1_000, snapshot: after },
      ],
      [
        { at: 0, snapshot: snapshot({ id: 'b' }) },
        { at: 1_000, snapshot: other },
      ],
    ];
    const [p50, , p99] = tickOf(fleet, 1_000, 0).missMs;
    expect(p50).toBeGreaterThanOrEqual(1);
    expect(p50).toBeLessThanOrEqual(1.25);
    expect(p99).toBeGreaterThanOrEqual(64);
    expect(p99).toBeLessThanOrEqual(80);
  });

  it('adds up the comparisons of writes that the instances made since their oldest snapshot', () => {
    const counts = (compared: number, stale: number) => {
      const [zero, some] = [
        { compared: 0, stale: 0, unknown: 0 },
        { compared, stale, unknown: 9 },
      ];
      const ages = { '10ms': zero, '100ms': zero, '1s': some, '10s': zero };
      return { written: ages, derived: { ...ages, '1s': zero } };
    };
    const fleet = [
      [
        { at: 0, snapshot: snapshot({ staleness: counts(10, 3) }) },
        { at: 1_000, snapshot: snapshot({ staleness: counts(14, 4) }) },
      ],
      [
        { at: 0, snapshot: snapshot({ id: 'b', staleness: counts(0, 0) }) },
        { at: 1_000, snapshot: snapshot({ id: 'b', staleness: counts(2, 2) }) },
      ],
      [{ at: 0, snapshot: snapshot({ id: 'c' }) }],
    ];
    const { staleness } = tickOf(fleet, 1_000, 0);
    expect(staleness.map(({ age }) => age)).toEqual(['10ms', '100ms', '1s', '10s']);
    expect(staleness[2]).toEqual({
      age: '1s',
      written: { compared: 6, stale: 3 },
      derived: { compared: 0, stale: 0 },
    });
    expect(tickOf([[{ at: 0, snapshot: snapshot({}) }]], 0, 0).staleness).toEqual([]);
  });

  it('is at most 2 kB for a fleet of eight instances', () => {
    const fleet = Array.from({ length: 8 }, (_, place) => [
      { at: 0, snapshot: snapshot({ id: `0123abc${place}`, host: 'nuthatch-7d9f8b6c5-x2x4z' }) },
      {
        at: 4_000,
        snapshot: snapshot({ id: `0123abc${place}`, reads: 123_456, hits: 100_000, host: 'nuthatch-7d9f8b6c5-x2x4z' }),
      },
    ]);
    expect(JSON.stringify(tickOf(fleet, 4_000, Date.now())).length).toBeLessThan(2_000);
  });
});
