import { AsyncLocalStorage } from 'node:async_hooks';
import { FreshnessProof } from '../coherence/freshness-proof.js';
import { LoadContext } from './load-context.js';
import type { Clock } from '../clock.js';
import type { Coherence } from '../coherence/coherence.js';
import type { RecordRef } from '../store/redis-keys.js';

/** Where it is known that an entry has no value, so that it need not be looked for again. */
export class KnownAbsence {
  static readonly #current = new AsyncLocalStorage<KnownAbsence>();

  private constructor(
    private readonly recordKey: string,
    private readonly proof: FreshnessProof,
  ) {}

  /** Runs `work` where it is known that there is nothing in the slot, until something is heard that may have changed that. */
  static async within<T>({ record, tags }: Absent, parts: CoherentParts, work: () => Promise<T>): Promise<T> {
    const proof = new FreshnessProof(parts, [record.key, ...tags]);
    try {
      return await KnownAbsence.#current.run(new KnownAbsence(record.key, proof), work);
    } finally {
      proof.release();
    }
  }

  /** Whether it answers this read. Within a load or a write it answers none: those trust nothing that L1 said. */
  static answers({ record, strong }: { readonly record: RecordRef; readonly strong: boolean }): boolean {
    const known = KnownAbsence.#current.getStore();
    return known?.recordKey === record.key && !strong && known.proof.isValid && !LoadContext.current;
  }
}

interface Absent {
  readonly record: RecordRef;
  readonly tags: readonly string[];
}

interface CoherentParts {
  readonly coherence: Coherence;
  readonly clock: Clock;
}
