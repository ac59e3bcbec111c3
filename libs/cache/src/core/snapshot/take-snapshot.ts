import type { CacheRuntime } from '../cache-runtime.js';
import { CacheError } from '../errors.js';
import type { SnapshotEntry } from './snapshot-entry.js';
import { Snapshot, type SnapshotFault, type SnapshotInterrupted } from './snapshot.js';

/** Configures a snapshot. */
export interface SnapshotOptions {
  /**
   * Runs `work` in a transaction of the database that sees one instant, such as `REPEATABLE READ`. It is used when the cache cannot
   * answer: the loaders then run once, in this transaction, and nothing is stored.
   * @default none: such a snapshot rejects
   */
  readonly transaction?: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long to try with the cache, in milliseconds. @default 1_000 */
  readonly patienceMs?: number;
}

type ReadEntry = <V>(entry: SnapshotEntry<V>) => Promise<V | undefined>;

const WHY: Record<SnapshotFault, string> = {
  changed: 'the entries were written again and again meanwhile',
  late: 'the entries were written for too long, or a value is too large to be stored',
  'not-stored': 'there is no value, and the policy does not store that (negativeTtl)',
  unavailable: 'the store is unavailable',
};

/** Runs `work` until all its reads are of one instant. @throws {CacheError} `CACHE_SNAPSHOT_FAILED` */
export async function takeSnapshot<R>(
  runtime: CacheRuntime,
  work: (read: ReadEntry) => Promise<R>,
  { transaction, patienceMs = 1_000 }: SnapshotOptions,
): Promise<R> {
  const endsAt = runtime.clock.now() + patienceMs;
  for (;;) {
    const snapshot = new Snapshot(runtime, endsAt);
    const taken = await attempt(snapshot, work);
    if ('result' in taken) return taken.result;
    const { fault } = taken.interrupted;
    if (fault === 'changed' && runtime.clock.now() < endsAt) continue;
    if (transaction) return transaction(() => work((entry) => entry.loadOnly()));
    throw new CacheError(
      'CACHE_SNAPSHOT_FAILED',
      `No snapshot: ${WHY[fault]}. Retry, or set the option "transaction".`,
      { cause: taken.interrupted },
    );
  }
}

/** @throws the error of `work`, unless the snapshot has caused it. */
async function attempt<R>(
  snapshot: Snapshot,
  work: (read: ReadEntry) => Promise<R>,
): Promise<{ readonly result: R } | { readonly interrupted: SnapshotInterrupted }> {
  try {
    const result = await work((entry) => snapshot.read(entry));
    return snapshot.interrupted ? { interrupted: snapshot.interrupted } : { result };
  } catch (error) {
    if (snapshot.interrupted) return { interrupted: snapshot.interrupted };
    throw error;
  }
}
