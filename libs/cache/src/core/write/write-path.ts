import { CacheError } from '../errors.js';
import { LoadContext } from '../context/load-context.js';
import { applyInvalidation, type InvalidationBatch } from '../coherence/pending-invalidations.js';
import type { CacheRuntime } from '../cache-runtime.js';
import { CacheTransaction, type WriteBody } from './transaction.js';
import { type Applied, type WrittenValue, ActiveWrite } from './active-write.js';

/** The records and tags that a write affects. */
export interface WriteScope extends InvalidationBatch {
  /** Whether to reject a write that cannot be announced, and an invalidation that the store did not acknowledge. */
  readonly strict: boolean;
}

/** The outcome of a write: the result of its body, and whether its invalidations are effective in every process. */
export interface Written<R> {
  readonly result: R;
  readonly applied: Applied;
}

/**
 * Runs writes in three steps: announce, write, invalidate. Loads during an announced write store nothing, so a value read
 * before the commit does not outlive it.
 */
export class WritePath {
  /** @param onRejected called when a strict write or invalidation rejects */
  constructor(
    private readonly runtime: CacheRuntime,
    private readonly onRejected: () => void,
  ) {}

  /**
   * Runs `body` as a write of `scope`. The body may announce more records before it commits.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` before `body` runs, when the write is strict and cannot be announced.
   * @throws the error of `body`. After `body` has returned, nothing is thrown.
   */
  async write<R>(
    scope: WriteScope,
    body: WriteBody<R>,
    valueOf?: (result: R) => WrittenValue | undefined,
  ): Promise<Written<R>> {
    if (LoadContext.current?.write) {
      throw new CacheError(
        'CACHE_WRITE_NESTED',
        'Nested cache write. Call `tx.invalidate(…)` on the outer write instead.',
      );
    }
    const write = new ActiveWrite(this.runtime, scope.strict, this.onRejected);
    try {
      await write.announce(scope);
    } catch (error) {
      await write.cancel();
      throw error;
    }
    let result: R;
    try {
      result = await CacheTransaction.run(write, this.runtime.keys, body);
    } catch (error) {
      await write.fail(error);
      throw error;
    }
    const applied = await write.commit(valueOf?.(result));
    LoadContext.session?.wrote(write.batch);
    return { result, applied };
  }

  /** Invalidates at once. @throws {CacheError} `CACHE_UNAVAILABLE` when strict and not acknowledged: it is pending then. */
  async invalidate({ recordKeys, tags, strict }: WriteScope): Promise<Applied> {
    const { coherence, pending, keys, observation, clock } = this.runtime;
    const startedAt = clock.now();
    const batch = { recordKeys, tags };
    // Inside a write, invalidating before the commit would let other readers store the old value again.
    const running = LoadContext.current?.write;
    const outer = running?.keys === keys ? running : undefined;
    const applied = outer
      ? await outer.takeOver(batch)
      : await applyInvalidation(this.runtime, batch, (recordKey) => coherence.forget(recordKey));
    if (!outer) observation.wrote(batch, { kind: 'invalidation', startedAt, pending: applied ? undefined : batch });
    LoadContext.session?.wrote(batch);
    if (applied) return 'applied';
    // An invalidation that the surrounding write could not announce becomes pending when that write ends.
    if (!outer) pending.add(batch);
    if (!strict) return 'pending';
    this.onRejected();
    throw new CacheError(
      'CACHE_UNAVAILABLE',
      'Strict cache: the invalidation is pending, because Redis is unavailable. It is applied once Redis is available.',
    );
  }
}
