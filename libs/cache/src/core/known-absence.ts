import { AsyncLocalStorage } from 'node:async_hooks';
import { Evidence } from './evidence.js';
import { LoadScope } from './load-scope.js';
import type { ReadRequest } from './read-request.js';
import type { Tiers } from './tiers.js';

/** Where it is known that an entry has no value, so that it need not be looked for again. */
export class KnownAbsence {
  static readonly #current = new AsyncLocalStorage<KnownAbsence>();

  private constructor(
    private readonly slot: string,
    private readonly evidence: Evidence,
  ) {}

  /** Runs `work` where it is known that there is nothing in the slot, until something is heard that may have changed that. */
  static async within<T>({ slot, tags }: Absent, tiers: Tiers, work: () => Promise<T>): Promise<T> {
    const evidence = new Evidence(tiers, [slot.name, ...tags]);
    try {
      return await KnownAbsence.#current.run(new KnownAbsence(slot.name, evidence), work);
    } finally {
      evidence.end();
    }
  }

  /** Whether it answers this read. Within a load or a write it answers none: those trust nothing that L1 said. */
  static answers({ slot, strong }: Pick<ReadRequest<unknown>, 'slot' | 'strong'>): boolean {
    const known = KnownAbsence.#current.getStore();
    return known?.slot === slot.name && !strong && known.evidence.holds && !LoadScope.current;
  }
}

type Absent = Pick<ReadRequest<unknown>, 'slot' | 'tags'>;
