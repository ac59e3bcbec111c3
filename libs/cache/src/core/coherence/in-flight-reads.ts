/**
 * Tracks the reads in flight by record key and tag, so that an invalidation reaches a read before its result does. The result
 * may still go to the read's own caller, but must not outlive the invalidation in L1.
 */
export class InFlightReads {
  readonly #reads = new Map<string, Set<InFlightRead>>();

  begin(names: readonly string[]): InFlightRead {
    const inFlightRead = new InFlightRead(names);
    for (const name of names) {
      const reads = this.#reads.get(name);
      if (reads) reads.add(inFlightRead);
      else this.#reads.set(name, new Set([inFlightRead]));
    }
    return inFlightRead;
  }

  end(inFlightRead: InFlightRead): void {
    for (const name of inFlightRead.names) {
      const reads = this.#reads.get(name);
      reads?.delete(inFlightRead);
      if (reads?.size === 0) this.#reads.delete(name);
    }
  }

  /** Keeps the results of reads of `name` out of L1, because a write of `name` was announced. */
  preventCaching(name: string): void {
    this.#reads.get(name)?.forEach((inFlightRead) => inFlightRead.preventCaching());
  }

  /** Also stops new callers from joining reads of `name`, because a write of `name` was completed. */
  preventSharing(name: string): void {
    this.#reads.get(name)?.forEach((inFlightRead) => inFlightRead.preventSharing());
  }

  preventSharingOfAll(): void {
    for (const reads of this.#reads.values()) reads.forEach((inFlightRead) => inFlightRead.preventSharing());
  }
}

/** One read in flight. */
export class InFlightRead {
  #cachingPrevented = false;
  #sharingPrevented = false;

  constructor(readonly names: readonly string[]) {}

  /** Whether its result must stay out of L1. */
  get cachingPrevented(): boolean {
    return this.#cachingPrevented;
  }

  /** Whether new callers must not join it. */
  get sharingPrevented(): boolean {
    return this.#sharingPrevented;
  }

  preventCaching(): void {
    this.#cachingPrevented = true;
  }

  preventSharing(): void {
    this.#cachingPrevented = true;
    this.#sharingPrevented = true;
  }
}
