import { AsyncLocalStorage } from 'node:async_hooks';
import { Evidence } from '../coherence/freshness-proof.js';
import { LoadScope } from './load-context.js';
import type { Clock } from '../clock.js';
import type { Coherence } from '../coherence/coherence.js';
import type { Slot } from '../store/redis-keys.js';

/** Where it is known that an entry has no value, so that it need not be looked for again. */
export class KnownAbsence {
  static readonly #current = new AsyncLocalStorage<KnownAbsence>();

  private constructor(
    private readonly slot: string,
    private readonly evidence: Evidence,
  ) {}

  /** Runs `work` where it is known that there is nothing in the slot, until something is heard that may have changed that. */
  static async within<T>({ slot, tags }: Absent, parts: CoherentParts, work: () => Promise<T>): Promise<T> {
    const evidence = new Evidence(parts, [slot.name, ...tags]);
    try {
      return await KnownAbsence.#current.run(new KnownAbsence(slot.name, evidence), work);
    } finally {
      evidence.end();
    }
  }

  /** Whether it answers this read. Within a load or a write it answers none: those trust nothing that L1 said. */
  static answers({ slot, strong }: { readonly slot: Slot; readonly strong: boolean }): boolean {
    const known = KnownAbsence.#current.getStore();
    return known?.slot === slot.name && !strong && known.evidence.holds && !LoadScope.current;
  }
}

interface Absent {
  readonly slot: Slot;
  readonly tags: readonly string[];
}

interface CoherentParts {
  readonly coherence: Coherence;
  readonly clock: Clock;
}
