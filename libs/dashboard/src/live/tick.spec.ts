import { Histogram, type StalenessCounts } from '@nuthatch/cache';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from './snapshot.js';
import { viewOf } from './tick.js';

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
    position: 0,
    confirmed: {},
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

describe(viewOf, () => {
  it('adds up the rates of all instances, each over its own last seconds', () => {
    const first = [
      { at: 0, snapshot: snapshot({ reads: 0 }) },
      { at: 4_000, snapshot: snapshot({ reads: 400, hits: 300, loads: 100, errors: 4 }) },
    ];
    const second = [
      { at: 1_000, snapshot: snapshot({ id: 'b', reads: 1_000, hits: 1_000 }) },
      { at: 3_000, snapshot: snapshot({ id: 'b', reads: 1_200, hits: 1_200 }) },
    ];
    expect(viewOf([first, second], 4_500, 77).tick).toMatchObject({
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
    expect(viewOf([received], 5_000, 0).tick.readsPerSecond).toBe(10);
  });

  it('has no hit ratio without reads, and no rate with one snapshot', () => {
    const received = [{ at: 0, snapshot: snapshot({ reads: 7, hits: 7 }) }];
    expect(viewOf([received], 0, 0).tick).toMatchObject({ readsPerSecond: 0, hitRatio: null, hitMs: [0, 0, 0] });
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
    const [p50, , p99] = viewOf(fleet, 1_000, 0).tick.missMs;
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
    const { staleness } = viewOf(fleet, 1_000, 0).tick;
    expect(staleness.map(({ age }) => age)).toEqual(['10ms', '100ms', '1s', '10s']);
    expect(staleness[2]).toEqual({
      age: '1s',
      written: { compared: 6, stale: 3 },
      derived: { compared: 0, stale: 0 },
    });
    expect(viewOf([[{ at: 0, snapshot: snapshot({}) }]], 0, 0).tick.staleness).toEqual([]);
  });

  it('lists the instances that need attention first, then the others by id', () => {
    const changes: readonly (readonly [id: string, changed: Partial<Snapshot>, receivedAt?: number])[] = [
      ['a', {}],
      ['b', { pending: 3 }],
      ['c', { heartbeatAgeMs: 1_500 }],
      ['d', { heartbeatAgeMs: null }, 0],
      ['e', { heartbeatAgeMs: 900 }],
      ['f', { heartbeatAgeMs: 2_500, redis: 'connected' }],
      ['g', { redis: 'breaker open', heartbeatAgeMs: 400 }],
      ['h', { channel: false, redis: 'connected' }],
    ];
    const fleet = changes.map(([id, changed, at = 6_000]) => [{ at, snapshot: snapshot({ id, ...changed }) }]);
    const { tick, instances } = viewOf(fleet, 6_000, 0);
    expect(instances.map(({ id }) => id)).toEqual(['g', 'h', 'd', 'f', 'c', 'b', 'a', 'e']);
    expect(tick.instances).toEqual(instances.slice(0, 4));
    expect(tick.fleet).toEqual({
      instances: 8,
      unverified: 1,
      redis: { connected: 2, down: 0, 'breaker open': 1 },
      heartbeatAgeMs: null,
      pending: 3,
    });
    expect(viewOf(fleet.toSpliced(3, 1), 6_000, 0).tick.fleet.heartbeatAgeMs).toBe(2_500);
  });

  it('has no state of Redis and no heartbeat without Redis', () => {
    const fleet = [[{ at: 0, snapshot: snapshot({ heartbeatAgeMs: null }) }]];
    expect(viewOf(fleet, 0, 0).tick.fleet).toMatchObject({ instances: 1, redis: null, heartbeatAgeMs: null });
  });

  it.each([8, 50, 500])('is less than 2 kB for %i instances, with every figure at its longest', (size) => {
    const ages = (count: number): StalenessCounts['written'] => {
      const counts = { compared: count, stale: count, unknown: count };
      return { '10ms': counts, '100ms': counts, '1s': counts, '10s': counts };
    };
    const busy = (place: number, share: number): Snapshot => ({
      ...snapshot({}),
      id: (0xf0_00_00_00 + place).toString(16),
      // The longest name of a pod.
      host: `nuthatch-${'a'.repeat(37)}-7d9f8b6c5d-x${place % 10}x${place % 7}z`,
      uptimeMs: 31_536_000_000,
      reads: 123_456_789 * share,
      hits: 120_000_003 * share,
      shared: 1_234_567 * share,
      loads: 1_345_679 * share,
      errors: 12_347 * share,
      pending: 12_345,
      channel: false,
      heartbeatAgeMs: 12_345,
      redis: 'down',
      entries: 1_234_567,
      bytes: 1_234_567_890,
      hitMs: timesOf(...[0.137, 1.371, 13.71].slice(0, 3 * share)),
      missMs: timesOf(...[137.1, 1_371, 13_710].slice(0, 3 * share)),
      staleness: { written: ages(1_234_567 * share), derived: ages(1_234_567 * share) },
    });
    const fleet = Array.from({ length: size }, (_, place) => [
      { at: 0, snapshot: busy(place, 0) },
      { at: 4_100, snapshot: busy(place, 1) },
    ]);
    const { tick } = viewOf(fleet, 5_234, Date.now());
    expect(tick.fleet.instances).toBe(size);
    expect([...tick.hitMs, ...tick.missMs]).not.toContain(0);
    expect(tick.staleness.every(({ written, derived }) => written.stale > 0 && derived.stale > 0)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(tick))).toBeLessThan(2_000);
  });
});
