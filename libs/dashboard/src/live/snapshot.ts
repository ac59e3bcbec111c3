import { type CacheRegistry, Histogram, type HistogramData, type StalenessCounts } from '@nuthatch/cache';
import type { RedisConnection } from '@nuthatch/redis';
import type { RedisUse } from './figures.js';

/** The counters of one instance at one moment. Times are in milliseconds. */
export interface Snapshot {
  /** Random, one per process. */
  readonly id: string;
  /** The name of the machine or container. */
  readonly host: string;
  readonly uptimeMs: number;
  readonly reads: number;
  /** Fresh, stale and negative hits. */
  readonly hits: number;
  /** Reads that another read or another instance loaded for. */
  readonly shared: number;
  readonly loads: number;
  readonly errors: number;
  readonly pending: number;
  /** How far the journal of this instance has been applied. */
  readonly position: number;
  /** Until which position of their journals this instance has received the messages of others, by their ids. */
  readonly confirmed: Readonly<Record<string, number>>;
  readonly channel: boolean;
  readonly heartbeatAgeMs: number | null;
  /** Absent if no Redis is configured. */
  readonly redis?: RedisUse;
  readonly entries: number;
  readonly bytes: number;
  readonly hitMs: HistogramData;
  readonly missMs: HistogramData;
  /** Absent unless writes are sampled. */
  readonly staleness?: StalenessCounts;
}

/** Returns the present counters of this process. */
export function snapshotOf(
  registry: CacheRegistry,
  known: Pick<Snapshot, 'id' | 'host' | 'confirmed'>,
  redis: Pick<RedisConnection, 'state'> | null,
): Snapshot {
  const counters = Object.values(registry.counters());
  const durations = Object.values(registry.durations());
  const sum = (count: (each: (typeof counters)[number]) => number): number =>
    counters.reduce((total, each) => total + count(each), 0);
  const merged = (histogramOf: (each: (typeof durations)[number]) => Histogram): HistogramData => {
    const all = new Histogram();
    for (const each of durations) all.merge(histogramOf(each).toJSON());
    return all.toJSON();
  };
  return {
    ...known,
    uptimeMs: Math.round(process.uptime() * 1_000),
    reads: sum(({ gets }) => gets),
    hits: sum(({ hits, stale, negative }) => hits + stale + negative),
    shared: sum(({ collapsed, awaited }) => collapsed + awaited),
    loads: sum(({ loads }) => loads),
    errors: sum(({ errors }) => errors),
    pending: registry.pending,
    position: registry.journal.position,
    channel: registry.channel.connected,
    heartbeatAgeMs: registry.channel.heartbeatAgeMs ?? null,
    ...(redis && { redis: redisUseOf(redis.state) }),
    entries: sum(({ tiers }) => tiers.l1.entries),
    bytes: sum(({ tiers }) => tiers.l1.bytes),
    hitMs: merged(({ gets }) => gets.hit),
    missMs: merged(({ gets }) => gets.miss),
    ...(registry.staleness && { staleness: registry.staleness }),
  };
}

function redisUseOf({ connected, breaker }: RedisConnection['state']): RedisUse {
  if (breaker === 'open') return 'breaker open';
  return connected ? 'connected' : 'down';
}
