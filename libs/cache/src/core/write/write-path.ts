import { CacheError } from '../errors.js';
import { LoadScope } from '../context/load-context.js';
import { applyUnit, type InvalidationUnit } from '../coherence/pending-invalidations.js';
import type { Tiers } from '../cache-runtime.js';
import { CacheTransaction } from './transaction.js';
import { type Applied, type SlotValueText, WriteUnderWay } from './active-write.js';

/** What a write concerns, by the names of the slots. */
export interface WriteScope extends InvalidationUnit {
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
  constructor(private readonly tiers: Tiers) {}

  /**
   * Runs `body` as a write of `scope`. It may announce more slots as it learns of them, before it commits.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` before `body` runs, when the write is strict and cannot be announced.
   * @throws what `body` throws. After it has returned, nothing is thrown.
   */
  async write<R>(
    scope: WriteScope,
    body: (write: WriteUnderWay) => Promise<R>,
    valueOf?: (result: R) => SlotValueText | undefined,
  ): Promise<Written<R>> {
    if (LoadScope.current?.writing) {
      throw new CacheError(
        'CACHE_WRITE_NESTED',
        'A write within the body of a write: name all of it in the outer one.',
      );
    }
    const write = new WriteUnderWay(this.tiers, scope.strict);
    await write.announce(scope).catch(async (error: unknown) => {
      await write.withdraw();
      throw error;
    });
    const result = await LoadScope.write(() => body(write)).catch(async (error: unknown) => {
      await write.abandon(error);
      throw error;
    });
    const value = valueOf?.(result);
    return { result, applied: await write.end(value) };
  }

  /** @throws {CacheError} `CACHE_UNAVAILABLE` when it is strict and the store did not acknowledge it; it is pending then. */
  async invalidate({ slots, tags, strict }: WriteScope): Promise<Applied> {
    const { coherence, pending, names } = this.tiers;
    const unit = { slots, tags };
    // To remove it before the commit would let others load and keep what is about to change.
    const around = CacheTransaction.current(names);
    const applied = around
      ? await around.takeOver(unit)
      : await applyUnit(this.tiers, unit, (slot) => coherence.pushed('done', slot));
    if (applied) return 'applied';
    // What the write around it could not announce is pending when that ends.
    if (!around) pending.add(unit);
    if (strict)
      throw new CacheError('CACHE_UNAVAILABLE', 'The invalidation is pending: the store did not acknowledge it.');
    return 'pending';
  }
}
