/**
 * Every read that is under way, under the names of its slot and its tags, so that an invalidation reaches it before its result
 * does: what it brings may still answer its own caller, but must not outlive the invalidation in L1.
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

  /** A write of `name` was announced: results of reads under way stay out of L1. */
  preventCaching(name: string): void {
    this.#reads.get(name)?.forEach((inFlightRead) => inFlightRead.preventCaching());
  }

  /** A write of `name` was carried out: besides, nobody may join these reads any more. */
  preventSharing(name: string): void {
    this.#reads.get(name)?.forEach((inFlightRead) => inFlightRead.preventSharing());
  }

  preventSharingOfAll(): void {
    for (const reads of this.#reads.values()) reads.forEach((inFlightRead) => inFlightRead.preventSharing());
  }
}

/** One read under way. */
export class InFlightRead {
  #cachingPrevented = false;
  #sharingPrevented = false;

  constructor(readonly names: readonly string[]) {}

  /** Its result may not enter L1. */
  get cachingPrevented(): boolean {
    return this.#cachingPrevented;
  }

  /** Nobody may join it. */
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
