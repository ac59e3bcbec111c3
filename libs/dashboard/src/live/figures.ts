/** A channel is verified by a heartbeat every 250 ms. An older heartbeat is late. */
export const LATE_HEARTBEAT_MS = 1_000;
/** An instance publishes its figures every 2 s. Older figures are late. */
export const LATE_FIGURES_MS = 5_000;

/** Whether an instance can use Redis. While its breaker is open, it rejects operations at once. */
export type RedisUse = 'connected' | 'down' | 'breaker open';

/** One instance of the fleet. */
export interface InstanceFigures {
  readonly id: string;
  readonly host: string;
  readonly uptimeMs: number;
  readonly readsPerSecond: number;
  readonly entries: number;
  readonly bytes: number;
  readonly channel: boolean;
  readonly heartbeatAgeMs: number | null;
  /** `null` if no Redis is configured. */
  readonly redis: RedisUse | null;
  readonly pending: number;
  /** How long ago its figures arrived. */
  readonly ageMs: number;
}

/** The 50th, 95th and 99th percentile in milliseconds, each at most a quarter too high; 0 without reads. */
export type Percentiles = readonly [p50: number, p95: number, p99: number];

/** Sampled answers of the last minute, by the time since the write that they were compared with. */
export interface StalenessFigures {
  readonly age: string;
  /** Answers with the entry that was written. */
  readonly written: ComparedAnswers;
  /** Answers with an entry whose load had read the written one. */
  readonly derived: ComparedAnswers;
}

export interface ComparedAnswers {
  readonly compared: number;
  /** Of these, the answers that were older than the write. */
  readonly stale: number;
}

/** The state of all instances together. */
export interface FleetFigures {
  readonly instances: number;
  /** Instances whose invalidation channel is not verified. */
  readonly unverified: number;
  /** The instances by their use of Redis; `null` if no Redis is configured. */
  readonly redis: Readonly<Record<RedisUse, number>> | null;
  /** The greatest age of a heartbeat; `null` if an instance has none. */
  readonly heartbeatAgeMs: number | null;
  /** Invalidations that wait for Redis. */
  readonly pending: number;
}

/** What the page shows, once per second. Rates are of the last seconds, percentiles of the last minute. */
export interface Tick {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly readsPerSecond: number;
  /** `null` without reads. */
  readonly hitRatio: number | null;
  /** Reads per second that called no loader. */
  readonly savedPerSecond: number;
  readonly loadsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly hitMs: Percentiles;
  readonly missMs: Percentiles;
  /** Empty unless writes are sampled. */
  readonly staleness: readonly StalenessFigures[];
  readonly fleet: FleetFigures;
  /** The first instances. Those that need attention come first; `/dashboard/live/instances` has all. */
  readonly instances: readonly InstanceFigures[];
}
