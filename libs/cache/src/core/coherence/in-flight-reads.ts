import type { Clock } from '../clock.js';

/**
 * Tracks the reads in flight by record key and tag, so that an invalidation reaches a read before its result does. The result
 * may still go to the read's own caller, but must not outlive the invalidation in L1.
 */
export class InFlightReads {
  readonly #reads = new Map<string, Set<InFlightRead>>();

  constructor(private readonly clock: Clock) {}

  /** Begins a read of records, entry and tags alike. Its result may be shared until `currentUntil`, and no longer than `end`. */
  begin(recordKeys: readonly string[], currentUntil: number): InFlightRead {
    const read = new InFlightRead(recordKeys, this.#reads, { currentUntil, clock: this.clock });
    for (const recordKey of recordKeys) {
      const reads = this.#reads.get(recordKey);
      if (reads) reads.add(read);
      else this.#reads.set(recordKey, new Set([read]));
    }
    return read;
  }

  /** Keeps the results of reads of a record out of L1, because a write of it was announced. */
  preventCaching(recordKey: string): void {
    this.#reads.get(recordKey)?.forEach((read) => {
      read.cachingPrevented = true;
    });
  }

  /** Also stops new callers from joining reads of a record, because a write of it was completed. */
  preventSharing(recordKey: string): void {
    this.#reads.get(recordKey)?.forEach(preventSharingOf);
  }

  preventSharingOfAll(): void {
    for (const reads of this.#reads.values()) reads.forEach(preventSharingOf);
  }
}

/** One read in flight, which proves whether its result is still current: no invalidation of its records has arrived since it began. */
export class InFlightRead {
  /** Whether the result must stay out of L1. */
  cachingPrevented = false;
  /** Whether new callers must not join the read. */
  sharingPrevented = false;

  constructor(
    private readonly recordKeys: readonly string[],
    private readonly registered: Map<string, Set<InFlightRead>>,
    private readonly bound: { readonly currentUntil: number; readonly clock: Clock },
  ) {}

  /** Whether the result may be given to another caller now. */
  get isCurrent(): boolean {
    return !this.sharingPrevented && this.bound.clock.now() < this.bound.currentUntil;
  }

  /** Ends the read: invalidations no longer reach it, so its result proves nothing from now on. */
  end(): void {
    for (const recordKey of this.recordKeys) {
      const reads = this.registered.get(recordKey);
      reads?.delete(this);
      if (reads?.size === 0) this.registered.delete(recordKey);
    }
    this.cachingPrevented = true;
    this.sharingPrevented = true;
  }
}

function preventSharingOf(read: InFlightRead): void {
  read.cachingPrevented = true;
  read.sharingPrevented = true;
}
