export {
  CacheRegistry,
  type ChannelState,
  type ProcessMemory,
  type ReadyOptions,
  type SnapshotRead,
  type TransactionOptions,
} from './core/cache-registry.js';
export { CacheSession } from './core/context/cache-session.js';
export { type SnapshotOptions } from './core/snapshot/take-snapshot.js';
export { CacheModule, type CacheModuleAsyncOptions } from './cache.module.js';
export { type CacheModuleOptions } from './cache.options.js';
export { Cache } from './core/cache.js';
export type { ReadOptions, SetOptions, WriteOptions } from './core/operation-options.js';
export { type CacheDefinition, type CachePolicy, defineCache } from './core/policy/define-cache.js';
export { type CacheSource } from './core/policy/cache-source.js';
export { type OutboxState } from './core/coherence/outbox-status.js';
export { CacheError, type CacheErrorCode } from './core/errors.js';
export { type Codec, type Encoded, type PayloadForm } from './core/codec/codec.js';
export { type CacheCounters, type CacheDurations, type ReadErrorKind, sumCounters } from './core/counters.js';
export { type Exemplar, Histogram, type HistogramData } from './core/histogram.js';
export {
  type CacheEvents,
  type CoherenceEvent,
  type LoadEvent,
  onCacheEvent,
  type ReadEvent,
  type StoreEvent,
} from './core/observe/events.js';
export { type Confirmation, type JournalEntry, type WriteJournal } from './core/observe/journal-entry.js';
export { type HotKey } from './core/observe/hot-keys.js';
export { type Miss } from './core/observe/miss-log.js';
export {
  type SampleAge,
  type SampledEntry,
  type StalenessCount,
  type StalenessCounts,
} from './core/staleness/staleness-counts.js';
export { type InvalidationCounts } from './core/observe/observation.js';
export { type LoadOutcome, type MissReason, type NotStoredReason } from './core/observe/read-outcome.js';
export { type LoadsInProgress } from './core/context/load-limiter.js';
export {
  type ExplainedMiss,
  type ExplainedPolicy,
  type ExplainedState,
  type ExplainedTag,
  type Explanation,
} from './core/inspect/explain.js';
export { type Duration, durationMs } from './core/policy/duration.js';
export { type KeySchema } from './core/policy/key-schema.js';
export { schemaFingerprint } from './core/policy/schema-fingerprint.js';
export { type StandardSchema } from './core/policy/standard-schema.js';
export { type ValueSchema } from './core/policy/value-schema.js';
export { httpDate } from './http/headers/http-date.js';
export { type EvictionCounts, type MemoryUsage, type ServerState, type Tier } from './core/store/store.js';
export { type LoadMany } from './core/batch/read-many.js';
export { type Answer, type ReadDetail, type ReadResult, type ReadStatus } from './core/read-result.js';
export { type CacheTransaction, type WriteBody } from './core/write/transaction.js';
export { type Written } from './core/write/write-path.js';
export { type Applied } from './core/write/active-write.js';
export { type CacheOutcome, cacheOutcomeOf } from './http/respond/cache-outcome.js';
export { CACHED_ROUTE, CacheResponse } from './http/cache-response.decorator.js';
export {
  type CachedRoute,
  type CacheResponseOptions,
  type KeySource,
  type Requester,
} from './http/route/cached-route.js';
export { type ClientCaching } from './http/headers/cache-control.js';
export { HttpCacheInterceptor } from './http/http-cache.interceptor.js';
export { CachedUrls, type UrlEntry } from './http/cached-urls.js';
export { NoCache } from './http/no-cache.decorator.js';
export { type CacheInjection, type CacheOf, InjectCache } from './inject-cache.decorator.js';
export { Invalidates } from './method/invalidates.decorator.js';
export { ReadThrough } from './method/read-through.decorator.js';
export { WriteThrough, type WriteThroughOptions } from './method/write-through.decorator.js';
