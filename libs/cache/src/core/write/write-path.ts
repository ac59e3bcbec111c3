import { CacheError } from '../errors.js';
import { LoadContext } from '../context/load-context.js';
import { applyInvalidation, type InvalidationBatch } from '../coherence/pending-invalidations.js';
import type { CacheRuntime } from '../cache-runtime.js';
import { CacheTransaction } from './transaction.js';
import { type Applied, type WrittenValue, ActiveWrite } from './active-write.js';

/** What a write concerns, by the names of the slots. */
export interface WriteScope extends InvalidationBatch {
  /** Refuse to begin what cannot be announced; reject an invalidation that the store did not acknowledge. */
  readonly strict: boolean;
}

export interface Written<R> {
  readonly result: R;
  readonly applied: Applied;
}

/**
 * Writes: announce, write, invalidate. Readers that load while a write is announced store nothing, so what was read before the
 * commit does not outlive it.
 */
export class WritePath {
  constructor(private readonly runtime: CacheRuntime) {}

  /**
   * Runs `body` as a write of `scope`. It may announce more slots as it learns of them, before it commits.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` before `body` runs, when the write is strict and cannot be announced.
   * @throws what `body` throws. After it has returned, nothing is thrown.
   */
  async write<R>(
    scope: WriteScope,
    body: (write: ActiveWrite) => Promise<R>,
    valueOf?: (result: R) => WrittenValue | undefined,
  ): Promise<Written<R>> {
    if (LoadContext.current?.isWrite) {
      throw new CacheError(
        'CACHE_WRITE_NESTED',
        'A write within the body of a write: name all of it in the outer one.',
      );
    }
    const write = new ActiveWrite(this.runtime, scope.strict);
    await write.announce(scope).catch(async (error: unknown) => {
      await write.cancel();
      throw error;
    });
    const result = await LoadContext.write(() => body(write)).catch(async (error: unknown) => {
      await write.fail(error);
      throw error;
    });
    const value = valueOf?.(result);
    return { result, applied: await write.commit(value) };
  }

  /** @throws {CacheError} `CACHE_UNAVAILABLE` when it is strict and the store did not acknowledge it; it is pending then. */
  async invalidate({ recordKeys, tags, strict }: WriteScope): Promise<Applied> {
    const { coherence, pending, keys } = this.runtime;
    const batch = { recordKeys, tags };
    // To remove it before the commit would let others load and keep what is about to change.
    const around = CacheTransaction.current(keys);
    const applied = around
      ? await around.takeOver(batch)
      : await applyInvalidation(this.runtime, batch, (recordKey) => coherence.onInvalidation('done', recordKey));
    if (applied) return 'applied';
    // What the write around it could not announce is pending when that ends.
    if (!around) pending.add(batch);
    if (strict)
      throw new CacheError('CACHE_UNAVAILABLE', 'The invalidation is pending: the store did not acknowledge it.');
    return 'pending';
  }
}
