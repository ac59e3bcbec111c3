import type { Clock } from '../clock.js';

/** The reads of one record in flight: nearly always a single one, which needs no set. */
type Reads = InFlightRead | Set<InFlightRead>;

/**
 * Tracks the reads in flight by record key and tag, so that an invalidation reaches a read before its result does. The result
 * may still go to the read's own caller, but must not outlive the invalidation in L1.
 */
export class InFlightReads {
  /** The reads of each record and tag. */
  readonly byName = new Map<string, Reads>();

  constructor(
    readonly clock: Clock,
    /** Returns until when the result of a read that begins now may be shared, on the clock. */
    readonly currentUntil: () => number,
  ) {}

  /** Keeps the results of reads of a record out of L1, because a write of it was announced. */
  preventCaching(recordKey: string): void {
    forEach(this.byName.get(recordKey), (read) => {
      read.cachingPrevented = true;
    });
  }

  /** Also stops new callers from joining reads of a record, because a write of it was completed. */
  preventSharing(recordKey: string): void {
    forEach(this.byName.get(recordKey), preventSharingOf);
  }

  preventSharingOfAll(): void {
    for (const reads of this.byName.values()) forEach(reads, preventSharingOf);
  }
}

/**
 * One read in flight, which proves whether its result is still current: no invalidation of its records has arrived since it began. It
 * begins when it is made, and invalidations reach it until its {@link end}.
 */
export class InFlightRead {
  /** Whether the result must stay out of L1. */
  cachingPrevented = false;
  /** Whether new callers must not join the read. */
  sharingPrevented = false;
  readonly currentUntil: number;

  constructor(
    private readonly reads: InFlightReads,
    readonly tags: readonly string[],
    readonly recordKey: string | undefined,
  ) {
    this.currentUntil = reads.currentUntil();
    for (const tag of tags) register(reads.byName, tag, this);
    if (recordKey !== undefined) register(reads.byName, recordKey, this);
  }

  /** Whether the result may be given to another caller now. */
  get isCurrent(): boolean {
    return !this.sharingPrevented && this.reads.clock.now() < this.currentUntil;
  }

  /** Ends the read: its result proves nothing from now on. */
  end(): void {
    const { byName } = this.reads;
    for (const tag of this.tags) unregister(byName, tag, this);
    if (this.recordKey !== undefined) unregister(byName, this.recordKey, this);
    this.cachingPrevented = true;
    this.sharingPrevented = true;
  }
}

/** The promise of the reads that joined a flight. */
interface Joined<T> {
  readonly promise: Promise<T>;
  resolve(result: T): void;
  reject(error: unknown): void;
}

/** A read in flight that later reads may join. Its result comes from its work, or its caller sets it. */
export class Flight<T> extends InFlightRead {
  /** Settles with the result, and ends the flight. `undefined` if the caller sets the result. */
  work: Promise<T> | undefined;
  /** A flight that no read joins needs none. */
  #joined: Joined<T> | undefined;

  constructor(
    reads: InFlightReads,
    tags: readonly string[],
    override readonly recordKey: string,
    /** All flights that reads may join. */
    private readonly flights: Map<string, Flight<T>>,
  ) {
    super(reads, tags, recordKey);
  }

  get result(): Promise<T> {
    if (this.work) return this.work;
    this.#joined ??= Promise.withResolvers<T>();
    return this.#joined.promise;
  }

  resolve(result: T): void {
    this.end();
    this.#joined?.resolve(result);
  }

  reject(error: unknown): void {
    this.end();
    this.#joined?.reject(error);
  }

  /** Ends the read: no other read joins it from now on. */
  override end(): void {
    super.end();
    if (this.flights.get(this.recordKey) === this) this.flights.delete(this.recordKey);
  }
}

/** The flights of one cache, at most one per record. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  constructor(private readonly reads: InFlightReads) {}

  /**
   * Returns the read in flight; `undefined` without one, or when its result may be older than an acknowledged write. Await nothing
   * between a `find` that fails and `open`.
   */
  find(recordKey: string): Flight<T> | undefined {
    const flight = this.#flights.get(recordKey);
    return flight?.isCurrent ? flight : undefined;
  }

  /** Opens a read that later reads may join if it is `shared`. `tags` are the record keys of all tags of the entry. */
  open(recordKey: string, tags: readonly string[], shared: boolean): Flight<T> {
    const flight = new Flight(this.reads, tags, recordKey, this.#flights);
    if (shared) this.#flights.set(recordKey, flight);
    return flight;
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
