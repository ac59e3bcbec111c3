import type { Clock } from '../clock.js';

/** The reads of one record in flight: nearly always a single one, which needs no set. */
type Reads = InFlightRead | Set<InFlightRead>;

/**
 * Tracks the reads in flight by record key and tag, so that an invalidation reaches a read before its result does. The result
 * may still go to the read's own caller, but must not outlive the invalidation in L1.
 */
export class InFlightReads {
  readonly #reads = new Map<string, Reads>();

  constructor(readonly clock: Clock) {}

  /** Begins a read of tags, and of a record. Its result may be shared until `currentUntil`, and no longer than `end`. */
  begin(currentUntil: number, tags: readonly string[], recordKey?: string): InFlightRead {
    const read = new InFlightRead(this, currentUntil, tags, recordKey);
    for (const tag of tags) register(this.#reads, tag, read);
    if (recordKey !== undefined) register(this.#reads, recordKey, read);
    return read;
  }

  /** Keeps the results of reads of a record out of L1, because a write of it was announced. */
  preventCaching(recordKey: string): void {
    forEach(this.#reads.get(recordKey), (read) => {
      read.cachingPrevented = true;
    });
  }

  /** Also stops new callers from joining reads of a record, because a write of it was completed. */
  preventSharing(recordKey: string): void {
    forEach(this.#reads.get(recordKey), preventSharingOf);
  }

  /** Ends a read: invalidations no longer reach it. */
  end(read: InFlightRead): void {
    for (const tag of read.tags) unregister(this.#reads, tag, read);
    if (read.recordKey !== undefined) unregister(this.#reads, read.recordKey, read);
  }

  preventSharingOfAll(): void {
    for (const reads of this.#reads.values()) forEach(reads, preventSharingOf);
  }
}

/** One read in flight, which proves whether its result is still current: no invalidation of its records has arrived since it began. */
export class InFlightRead {
  /** Whether the result must stay out of L1. */
  cachingPrevented = false;
  /** Whether new callers must not join the read. */
  sharingPrevented = false;

  constructor(
    private readonly reads: InFlightReads,
    readonly currentUntil: number,
    readonly tags: readonly string[],
    readonly recordKey: string | undefined,
  ) {}

  /** Whether the result may be given to another caller now. */
  get isCurrent(): boolean {
    return !this.sharingPrevented && this.reads.clock.now() < this.currentUntil;
  }

  /** Ends the read: invalidations no longer reach it, so its result proves nothing from now on. */
  end(): void {
    this.reads.end(this);
    preventSharingOf(this);
  }
}

function register(all: Map<string, Reads>, name: string, read: InFlightRead): void {
  const reads = all.get(name);
  if (reads === undefined) all.set(name, read);
  else if (reads instanceof Set) reads.add(read);
  else if (reads !== read) all.set(name, new Set([reads, read]));
}

function unregister(all: Map<string, Reads>, name: string, read: InFlightRead): void {
  const reads = all.get(name);
  if (reads === read) all.delete(name);
  else if (reads instanceof Set && reads.delete(read) && reads.size === 0) all.delete(name);
}

function forEach(reads: Reads | undefined, act: (read: InFlightRead) => void): void {
  if (reads instanceof Set) reads.forEach(act);
  else if (reads) act(reads);
}

function preventSharingOf(read: InFlightRead): void {
  read.cachingPrevented = true;
  read.sharingPrevented = true;
}
