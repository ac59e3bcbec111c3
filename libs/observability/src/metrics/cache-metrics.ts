import type { CacheCounters, CacheRegistry, StalenessCount, StalenessCounts } from '@nuthatch/cache';
import {
  durationSamples,
  type Family,
  type Labels,
  type MetricSource,
  type Sample,
  samplesOf,
  single,
} from './family.js';

/** Returns the metrics of all caches of this process. They are read from the same counters as `/health`. */
export function cacheMetrics(registry: CacheRegistry): MetricSource {
  return () => [
    ...countersOf(registry.counters()),
    ...durationsOf(registry),
    ...coherenceOf(registry),
    ...(registry.staleness ? stalenessOf(registry.staleness) : []),
  ];
}

type Read = (counters: CacheCounters, labels: Labels) => readonly Sample[];

/** Each counter and gauge of a cache. A new one is one line here. */
const OF_A_CACHE: readonly (readonly [Family['name'], Exclude<Family['type'], 'histogram'>, help: string, Read])[] = [
  ['cache_gets_total', 'counter', 'Reads, by result.', getsOf],
  ['cache_tier_gets_total', 'counter', 'Lookups per tier.', tierGetsOf],
  ['cache_puts_total', 'counter', 'Values that entered a tier.', putsOf],
  [
    'cache_evictions_total',
    'counter',
    'Entries that left the memory of the process because of a limit.',
    ({ tiers }, labels) => samplesOf({ ...tiers.l1.evictions }, 'cause', labels),
  ],
  [
    'cache_size',
    'gauge',
    'Entries in the memory of the process.',
    ({ tiers }, labels) => one(tiers.l1.entries, labels),
  ],
  ['cache_size_bytes', 'gauge', 'Heap of these entries.', ({ tiers }, labels) => one(tiers.l1.bytes, labels)],
  [
    'cache_loads_running',
    'gauge',
    'Loads at this moment.',
    ({ loading }, labels) => samplesOf({ ...loading }, 'state', labels),
  ],
  [
    'cache_loads_saved_total',
    'counter',
    'Reads that needed no load of their own, by reason.',
    ({ hits, stale, negative, collapsed }, labels) =>
      samplesOf({ hit: hits, stale, negative, collapsed }, 'reason', labels),
  ],
  [
    'cache_flights_collapsed_total',
    'counter',
    'Reads that waited for the load of another read, in this process or in another one.',
    ({ collapsed, awaited }, labels) => samplesOf({ process: collapsed, fleet: awaited }, 'scope', labels),
  ],
  [
    'cache_stale_served_total',
    'counter',
    'Stale values that were returned.',
    ({ staleServed }, labels) => samplesOf({ ...staleServed }, 'reason', labels),
  ],
  [
    'cache_fills_refused_total',
    'counter',
    'Loaded values that were not stored.',
    ({ notStored }, labels) => samplesOf({ ...notStored }, 'reason', labels),
  ],
  [
    'cache_unreadable_total',
    'counter',
    'Misses because of corrupt or foreign values.',
    ({ unreadable }, labels) => one(unreadable, labels),
  ],
  [
    'cache_errors_total',
    'counter',
    'Reads that rejected, and writes of strict caches.',
    ({ failed, writesRejected }, labels) => [
      ...samplesOf({ ...failed }, 'error', { ...labels, op: 'get' }),
      ...samplesOf({ unavailable: writesRejected }, 'error', { ...labels, op: 'write' }),
    ],
  ],
];

function countersOf(caches: Readonly<Record<string, CacheCounters>>): Family[] {
  return OF_A_CACHE.map(([name, type, help, read]) => ({
    name,
    type,
    help,
    samples: Object.entries(caches).flatMap(([cache, counters]) => read(counters, { cache })),
  }));
}

function getsOf({ hits, misses, stale, negative, bypass, errors }: CacheCounters, labels: Labels): Sample[] {
  return samplesOf({ hit: hits, miss: misses, stale, negative, bypass, error: errors }, 'result', labels);
}

function tierGetsOf({ tiers }: CacheCounters, labels: Labels): Sample[] {
  return (['l1', 'l2'] as const).flatMap((tier) =>
    samplesOf({ hit: tiers[tier].hits, miss: tiers[tier].misses }, 'result', { ...labels, tier }),
  );
}

function putsOf({ tiers }: CacheCounters, labels: Labels): Sample[] {
  return samplesOf({ l1: tiers.l1.puts, l2: tiers.l2.puts }, 'tier', labels);
}

function one(value: number, labels: Labels): Sample[] {
  return [{ labels, value }];
}

function durationsOf(registry: CacheRegistry): Family[] {
  const caches = Object.entries(registry.durations());
  const samples = (kind: 'gets' | 'loads', label: string): Sample[] =>
    caches.flatMap(([cache, durations]) =>
      Object.entries(durations[kind]).flatMap(([name, histogram]) =>
        durationSamples({ cache, [label]: name }, histogram),
      ),
    );
  return [
    {
      name: 'cache_get_duration_seconds',
      type: 'histogram',
      help: 'Duration of reads. One in about 128 hits in memory is timed.',
      samples: samples('gets', 'result'),
    },
    {
      name: 'cache_load_duration_seconds',
      type: 'histogram',
      help: 'Duration of loads.',
      samples: samples('loads', 'outcome'),
    },
    {
      name: 'redis_operation_duration_seconds',
      type: 'histogram',
      help: 'Duration of calls of Redis, by script.',
      samples: [...registry.operations].flatMap(([op, histogram]) => durationSamples({ op }, histogram)),
    },
  ];
}

function coherenceOf(registry: CacheRegistry): Family[] {
  const { channel, pending, invalidations, memory, outbox, edge } = registry;
  const { heartbeatAgeMs } = channel;
  return [
    {
      name: 'cache_invalidations_total',
      type: 'counter',
      help: 'Invalidated entries and tags: by writes of this process, and by messages of the channel, its own included.',
      samples: Object.entries(invalidations).flatMap(([origin, kinds]) => samplesOf({ ...kinds }, 'kind', { origin })),
    },
    {
      name: 'cache_invalidation_lag_seconds',
      type: 'histogram',
      help: 'Time until a heartbeat, and every message before it, had passed the channel.',
      samples: durationSamples({}, registry.channelLag),
    },
    single('cache_invalidations_pending', 'gauge', 'Invalidations that wait for Redis.', pending),
    single(
      'cache_channel_connected',
      'gauge',
      'Whether the memory of the process may be read.',
      channel.connected ? 1 : 0,
    ),
    ...(heartbeatAgeMs === undefined
      ? []
      : [
          single(
            'cache_heartbeat_age_seconds',
            'gauge',
            'Time since the last verified heartbeat.',
            heartbeatAgeMs / 1_000,
          ),
        ]),
    ...(outbox === undefined
      ? []
      : [
          single(
            'cache_outbox_lag_seconds',
            'gauge',
            'Every change that was committed before this time ago is applied.',
            outbox.lagMs / 1_000,
          ),
        ]),
    ...(edge === undefined
      ? []
      : [
          single(
            'cache_edge_lag_seconds',
            'gauge',
            'Every change that was committed before this time ago is purged from the CDN.',
            edge.lagMs / 1_000,
          ),
        ]),
    single('cache_l1_flushes_total', 'counter', 'Flushes because messages may have been lost.', channel.flushes),
    single('cache_tag_versions', 'gauge', 'Tag versions in the memory of the process.', memory.tags.entries),
    single('cache_tag_versions_bytes', 'gauge', 'Heap of these tag versions.', memory.tags.bytes),
  ];
}

/** Absent unless writes are sampled: a 0 would claim that nothing was stale. */
function stalenessOf(staleness: StalenessCounts): Family[] {
  const samples = (read: (count: StalenessCount, labels: Labels) => readonly Sample[]): Sample[] =>
    Object.entries(staleness).flatMap(([entry, counts]) =>
      Object.entries(counts).flatMap(([age, count]) => read(count, { entry, age })),
    );
  return [
    {
      name: 'cache_stale_total',
      type: 'counter',
      help: 'Sampled answers that were older than an acknowledged write, by the time since it.',
      samples: samples(({ stale }, labels) => one(stale, labels)),
    },
    {
      name: 'cache_staleness_samples_total',
      type: 'counter',
      help: 'Answers that were compared with an acknowledged write, or could not be.',
      samples: samples(({ compared, unknown }, labels) => samplesOf({ compared, unknown }, 'result', labels)),
    },
  ];
}
