import { Histogram, type HistogramData } from '@nuthatch/cache';
import {
  type FleetFigures,
  type InstanceFigures,
  LATE_FIGURES_MS,
  LATE_HEARTBEAT_MS,
  type Percentiles,
  type RedisUse,
  type Tick,
} from './figures.js';
import type { Snapshot } from './snapshot.js';
import { stalenessOf } from './staleness.js';

/** A snapshot with the time at which this process received it, by its own monotonic clock: clocks of machines are not compared. */
export interface Received {
  readonly at: number;
  readonly snapshot: Snapshot;
}

/** The snapshots of one instance. */
interface Measured {
  readonly received: readonly Received[];
  readonly latest: Received;
}

/** Rates are measured over about so many milliseconds. */
const RATE_MS = 4_000;

/** A tick has so many instances, whatever the size of the fleet, so that it stays below 2 kB. */
const LISTED = 4;

/** The figures of one moment. */
export interface FleetView {
  readonly tick: Tick;
  /** All instances, in the order of the tick. */
  readonly instances: readonly InstanceFigures[];
}

/** Returns the figures of a fleet. Each instance has its snapshots of the last minute, the oldest first. */
export function viewOf(fleet: readonly (readonly Received[])[], now: number, at: number): FleetView {
  const measured: readonly Measured[] = fleet.flatMap((received) => {
    const latest = received.at(-1);
    return latest ? [{ received, latest }] : [];
  });
  const instances = measured.map((each) => instanceOf(each, now)).toSorted(byUrgency);
  const rate = (count: (snapshot: Snapshot) => number): number =>
    measured.reduce((sum, { received, latest }) => sum + rateOf(received, latest, count), 0);
  const reads = rate((snapshot) => snapshot.reads);
  const loads = rate((snapshot) => snapshot.loads);
  const tick: Tick = {
    at,
    readsPerSecond: round(reads),
    hitRatio: reads === 0 ? null : Math.round((rate((snapshot) => snapshot.hits) / reads) * 1_000) / 1_000,
    savedPerSecond: round(Math.max(0, reads - loads)),
    loadsPerSecond: round(loads),
    errorsPerSecond: round(rate((snapshot) => snapshot.errors)),
    hitMs: percentiles(fleet, (snapshot) => snapshot.hitMs),
    missMs: percentiles(fleet, (snapshot) => snapshot.missMs),
    staleness: stalenessOf(
      fleet.flatMap((received) => {
        const [first, last] = [received[0]?.snapshot.staleness, received.at(-1)?.snapshot.staleness];
        return first && last ? [{ first, last }] : [];
      }),
    ),
    fleet: totalsOf(instances),
    instances: instances.slice(0, LISTED),
  };
  return { tick, instances };
}

function instanceOf({ received, latest }: Measured, now: number): InstanceFigures {
  const { id, host, uptimeMs, entries, bytes, channel, heartbeatAgeMs, redis = null, pending } = latest.snapshot;
  const readsPerSecond = round(rateOf(received, latest, (snapshot) => snapshot.reads));
  const ageMs = Math.round(now - latest.at);
  return { id, host, uptimeMs, readsPerSecond, entries, bytes, channel, heartbeatAgeMs, redis, pending, ageMs };
}

function totalsOf(instances: readonly InstanceFigures[]): FleetFigures {
  const uses = instances.flatMap(({ redis }) => redis ?? []);
  const heartbeats = instances.flatMap(({ heartbeatAgeMs }) => heartbeatAgeMs ?? []);
  const count = (use: RedisUse): number => uses.filter((each) => each === use).length;
  return {
    instances: instances.length,
    unverified: instances.filter(({ channel }) => !channel).length,
    redis:
      uses.length === 0
        ? null
        : {
            connected: count('connected'),
            down: count('down'),
            'breaker open': count('breaker open'),
          },
    heartbeatAgeMs: heartbeats.length < instances.length ? null : Math.max(...heartbeats),
    pending: instances.reduce((sum, { pending }) => sum + pending, 0),
  };
}

/** Instances without a problem keep their place: only their ids decide. */
function byUrgency(one: InstanceFigures, other: InstanceFigures): number {
  return urgencyOf(other) - urgencyOf(one) || one.id.localeCompare(other.id);
}

function urgencyOf({ channel, redis, heartbeatAgeMs, ageMs, pending }: InstanceFigures): number {
  if (!channel || redis === 'breaker open') return Number.MAX_SAFE_INTEGER;
  const late = Math.max(
    (heartbeatAgeMs ?? 0) > LATE_HEARTBEAT_MS ? (heartbeatAgeMs ?? 0) : 0,
    ageMs > LATE_FIGURES_MS ? ageMs : 0,
  );
  return late > 0 ? late : Math.min(pending, 1);
}

/** Returns the growth of a counter per second. */
function rateOf(received: readonly Received[], latest: Received, count: (snapshot: Snapshot) => number): number {
  const before = received.findLast(({ at }) => latest.at - at >= RATE_MS) ?? received[0];
  if (!before || before.at === latest.at) return 0;
  return ((count(latest.snapshot) - count(before.snapshot)) * 1_000) / (latest.at - before.at);
}

/** Returns the percentiles of what each instance measured since its oldest snapshot. */
function percentiles(
  fleet: readonly (readonly Received[])[],
  histogramOf: (snapshot: Snapshot) => HistogramData,
): Percentiles {
  const all = new Histogram();
  for (const received of fleet) {
    const [first] = received;
    const last = received.at(-1);
    if (first && last) all.merge(difference(histogramOf(last.snapshot), histogramOf(first.snapshot)));
  }
  const at = (share: number): number => Math.round(all.quantile(share) * 1_000) / 1_000;
  return [at(0.5), at(0.95), at(0.99)];
}

function difference(later: HistogramData, earlier: HistogramData): HistogramData {
  return {
    sumMs: later.sumMs - earlier.sumMs,
    counts: later.counts.map((count, bucket) => count - (earlier.counts[bucket] ?? 0)),
  };
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}
