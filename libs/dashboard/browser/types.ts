/** What `/dashboard/live` sends: see src/live/figures.ts. */
export { LATE_FIGURES_MS, LATE_HEARTBEAT_MS } from '../src/live/figures.js';
export type {
  ComparedAnswers,
  FleetFigures,
  InstanceFigures,
  Percentiles,
  StalenessFigures,
  Tick,
} from '../src/live/figures.js';

export interface CacheSummary {
  readonly name: string;
  readonly version: number;
  readonly ttlMs: number;
  readonly negativeTtlMs: number | null;
  readonly hasTags: boolean;
  readonly strict: boolean;
  readonly counters: {
    readonly gets: number;
    readonly hits: number;
    readonly misses: number;
    readonly stale: number;
    readonly negative: number;
    readonly bypass: number;
    readonly errors: number;
    readonly loads: number;
    readonly hitRatio: number;
    readonly tiers: { readonly l1: { readonly entries: number; readonly bytes: number } };
  };
}

/** The state that a read would find: `ExplainedState` of `@nuthatch/cache`. */
export type ExplainedState =
  | 'l1'
  | 'l2'
  | 'stale'
  | 'stale-if-error'
  | 'absent'
  | 'loading'
  | 'writing'
  | 'failed'
  | 'invalidated'
  | 'older-schema'
  | 'newer-schema'
  | 'other-schema'
  | 'unreadable'
  | 'pending'
  | 'unavailable';

/** The server has the same types: see test/admin-types.spec.ts. */
export interface Explanation {
  readonly cache: string;
  readonly key: unknown;
  readonly recordKey: string;
  readonly state: ExplainedState;
  readonly ttlMs: number | undefined;
  readonly ageMs: number | undefined;
  readonly invalidatedBy: readonly string[];
  readonly tags: readonly { readonly recordKey: string }[];
  readonly route?: { readonly handler: string; readonly hasVariants: boolean };
  readonly lastMiss: ExplainedMiss | undefined;
}

export interface ExplainedMiss {
  readonly reason: string;
  /** The complete keys of the tags that invalidated the entry, or of its record. */
  readonly invalidated: readonly string[];
  /** `undefined` if the instance received no invalidation. */
  readonly invalidatedAt: number | undefined;
  readonly at: number;
  /** The write or invalidation of the instance that answers; `undefined` for one of another instance. */
  readonly by: JournalEntry | undefined;
}

export interface InvalidationReport {
  readonly scope: 'all-instances' | 'this-instance';
  /** `null` in a dry run. */
  readonly applied: string | null;
  readonly tags: readonly string[];
  /** In a dry run, what a read of each key would find. */
  readonly found: readonly Explanation[];
}

export interface JournalEntry {
  readonly kind: 'write' | 'failed-write' | 'invalidation';
  readonly who: string | undefined;
  readonly recordKeys: readonly string[];
  readonly tags: readonly string[];
  readonly names: number;
  readonly at: number;
  readonly durationMs: number;
  readonly appliedAt: number | undefined;
  readonly verifiedAt: number | undefined;
  readonly confirmedBy: readonly Confirmation[];
}

/** Another instance has received the messages of a write or an invalidation. */
export interface Confirmation {
  readonly instance: string;
  readonly at: number;
}

export interface Miss {
  readonly cache: string;
  readonly recordKey: string;
  readonly reason: string;
  readonly invalidated: readonly string[];
  readonly invalidatedAt: number | undefined;
  readonly at: number;
}

export interface HotKey {
  readonly cache: string;
  readonly recordKey: string;
  readonly readsPerSecond: number;
}

export interface TagActivity {
  readonly recordKey: string;
  readonly misses: number;
  readonly invalidations: number;
  readonly invalidatedAt: number | undefined;
  readonly by: string | undefined;
}

export interface Session {
  readonly name: string;
  readonly scopes: readonly string[];
}
