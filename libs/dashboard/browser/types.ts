/** What `/dashboard/live` sends: see src/live/figures.ts. */
export type { ComparedAnswers, InstanceFigures, Percentiles, StalenessFigures, Tick } from '../src/live/figures.js';

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

export interface Explanation {
  readonly cache: string;
  readonly key: unknown;
  readonly recordKey: string;
  readonly state: string;
  readonly tier?: string;
  readonly negative: boolean;
  readonly ttlMs?: number;
  readonly ageMs?: number;
  readonly invalidatedBy: readonly string[];
  readonly tags: readonly { readonly recordKey: string; readonly captured?: string; readonly current?: string }[];
  readonly route?: { readonly handler: string; readonly hasVariants: boolean };
  readonly lastMiss?: { readonly reason: string; readonly at: number };
}

export interface JournalEntry {
  readonly kind: 'write' | 'failed-write' | 'invalidation';
  readonly who?: string;
  readonly recordKeys: readonly string[];
  readonly tags: readonly string[];
  readonly names: number;
  readonly at: number;
  readonly durationMs: number;
  readonly appliedAt?: number;
  readonly verifiedAt?: number;
}

export interface Miss {
  readonly cache: string;
  readonly recordKey: string;
  readonly reason: string;
  readonly invalidated: readonly string[];
  readonly at: number;
}

export interface Session {
  readonly name: string;
  readonly scopes: readonly string[];
}
