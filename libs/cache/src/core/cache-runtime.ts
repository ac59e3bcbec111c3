import { Deadlines } from './concurrency/deadlines.js';
import { LoadLimiter } from './context/load-limiter.js';
import type { Clock } from './clock.js';
import { Coherence, type CoherenceLimits } from './coherence/coherence.js';
import { RedisKeys } from './store/redis-keys.js';
import { PendingInvalidations } from './coherence/pending-invalidations.js';
import type { ChannelListener, LocalTier, RecordStore } from './store/store.js';
import { AppliedChanges, InMemoryOutboxProgress, type OutboxProgress } from './store/outbox-progress.js';
import { OutboxStatus } from './coherence/outbox-status.js';
import type { CacheObserver } from './observe/observer.js';
import { Observation } from './observe/observation.js';
import { StalenessSampler } from './staleness/staleness-sampler.js';

/** The injection token of the {@link CacheRuntime}, for the modules of this library. */
export const CACHE_RUNTIME = Symbol('CACHE_RUNTIME');

/** Services shared by all caches of one application. */
export interface CacheRuntime {
  readonly keys: RedisKeys;
  readonly clock: Clock;
  readonly coherence: Coherence;
  readonly store: RecordStore;
  readonly pending: PendingInvalidations;
  readonly loadLimiter: LoadLimiter;
  readonly deadlines: Deadlines;
  /** How far the outbox of the database was applied: to the store, and in this process. */
  readonly outbox: {
    readonly progress: OutboxProgress;
    readonly status: OutboxStatus;
    /** The writes of this process, by their tokens: it has dropped its copies, and the store has acknowledged the invalidations. */
    readonly ownWrites: AppliedChanges;
  };
  /** How far the changes of the outbox were purged from a CDN. */
  readonly edge: OutboxStatus;
  /** Whether a write whose body threw this error certainly changed nothing. */
  readonly rolledBack: (error: unknown) => boolean;
  /** The largest payload that is stored, in bytes, including its type hints. */
  readonly maxPayloadBytes: number;
  readonly warn: (message: string) => void;
  /** Records what happens, for people who look at it. */
  readonly observation: Observation;
  /** Compares writes with later answers; `undefined` unless it is configured. */
  readonly staleness: StalenessSampler | undefined;
}

/** Services and limits that differ between applications. */
export interface RuntimeOptions
  extends CoherenceLimits, Pick<CacheRuntime, 'clock' | 'rolledBack' | 'maxPayloadBytes' | 'warn'> {
  readonly namespace: string;
  readonly local: LocalTier;
  readonly maxLoads: number;
  /** The share of writes that are sampled, from 0 to 1. @default 0 */
  readonly stalenessSamples?: number | undefined;
  readonly observer?: CacheObserver | undefined;
  /** Returns the id of the request, or the name of the job, on whose behalf the present code runs. */
  readonly actor?: (() => string | undefined) | undefined;
  /** Absent for a store that ends with its process. */
  readonly outboxProgress?: OutboxProgress | undefined;
  /** Creates the store, which reports changes to `listener`. */
  readonly store: (keys: RedisKeys, listener: ChannelListener) => RecordStore;
}

export function createRuntime({
  namespace,
  local,
  maxStalenessMs,
  maxLoads,
  maxTagBytes,
  outboxProgress: progress = new InMemoryOutboxProgress(),
  store,
  ...parts
}: RuntimeOptions): CacheRuntime {
  const { observer, actor, stalenessSamples = 0, ...rest } = parts;
  const keys = new RedisKeys(namespace);
  const observation = new Observation(rest.clock, keys, actor, observer);
  const coherence = new Coherence(local, rest.clock, { maxStalenessMs, maxTagBytes }, observation);
  const deadlines = new Deadlines(rest.clock);
  const recordStore = store(keys, coherence);
  const pending = new PendingInvalidations(keys.namespaceTag, rest.clock, {
    forget: (recordKey) => coherence.forget(recordKey),
    applied: (batch) => observation.journal.applied(batch),
    allApplied: () => observation.journal.allApplied(),
  });
  const sampled = { clock: rest.clock, keys, coherence, pending, store: recordStore };
  return {
    ...rest,
    keys,
    coherence,
    observation,
    store: recordStore,
    pending,
    staleness: stalenessSamples > 0 ? new StalenessSampler(sampled, stalenessSamples) : undefined,
    deadlines,
    outbox: { progress, status: new OutboxStatus(rest.clock), ownWrites: new AppliedChanges() },
    edge: new OutboxStatus(rest.clock),
    loadLimiter: new LoadLimiter(deadlines, maxLoads),
  };
}

const READY_POLL_MS = 5;

/** Waits until the caches read and write the store, at most `timeoutMs` milliseconds. Returns whether they do. */
export async function usable(
  { clock, coherence, pending, store }: Pick<CacheRuntime, 'clock' | 'coherence' | 'pending' | 'store'>,
  timeoutMs: number,
): Promise<boolean> {
  const end = clock.now() + timeoutMs;
  while (!coherence.fresh || store.session === undefined || pending.size > 0) {
    if (clock.now() >= end) return false;
    await clock.sleep(READY_POLL_MS);
  }
  return true;
}
