import type { Clock } from '../clock.js';
import { ShortLivedMap } from '../concurrency/short-lived-map.js';

/** How many invalidated names are kept at most, each with two numbers. */
const MAX_NAMES = 10_000;

/**
 * Knows for each read what was invalidated since it began. The result may still go to the read's own caller, but must not outlive the
 * invalidation in L1.
 *
 * Most reads see no invalidation at all, so a read is compared with the last invalidations, and is not registered for them.
 */
export class InFlightReads {
  /** The number of invalidations so far. */
  latest = 0;
  /** The invalidation that everything read before it has suffered. */
  #latestOfAll = 0;
  /** The last announcement or completion of a write of each record and tag, and its last completion. */
  #last = noChanges();

  constructor(
    readonly clock: Clock,
    /** Returns until when the result of a read that begins now may be shared, on the clock. */
    readonly currentUntil: () => number,
  ) {}

  /** Keeps the results of reads of a record out of L1, because a write of it was announced. */
  preventCaching(recordKey: string): void {
    this.#note(recordKey);
  }

  /** Also stops new callers from joining reads of a record, because a write of it was completed. */
  preventSharing(recordKey: string): void {
    this.#note(recordKey);
    this.#last.completed.set(recordKey, this.latest);
  }

  preventSharingOfAll(): void {
    this.latest += 1;
    this.#latestOfAll = this.latest;
    this.#last = noChanges();
  }

  /** Whether a write of one of the names of a read was announced, or was completed, after an invalidation. */
  hasChanged(
    { tags, recordKey }: Pick<InFlightRead, 'tags' | 'recordKey'>,
    step: 'announced' | 'completed',
    invalidation: number,
  ): boolean {
    if (invalidation === this.latest) return false;
    if (invalidation < this.#latestOfAll) return true;
    const last = this.#last[step];
    if (recordKey !== undefined && (last.get(recordKey) ?? 0) > invalidation) return true;
    return tags.some((tag) => (last.get(tag) ?? 0) > invalidation);
  }

  #note(recordKey: string): void {
    // A read that takes so long counts as invalidated.
    if (this.#last.announced.size >= MAX_NAMES) this.preventSharingOfAll();
    this.latest += 1;
    this.#last.announced.set(recordKey, this.latest);
  }
}

/** The last change of each name, by the step of the write. */
function noChanges(): Record<'announced' | 'completed', Map<string, number>> {
  return { announced: new Map(), completed: new Map() };
}

/** One read, which proves whether its result is still current: no invalidation of its records has arrived since it was made. */
export class InFlightRead {
  readonly currentUntil: number;
  /** The latest invalidation when it began. */
  readonly #invalidation: number;

  constructor(
    private readonly reads: InFlightReads,
    readonly tags: readonly string[],
    readonly recordKey: string | undefined,
  ) {
    this.currentUntil = reads.currentUntil();
    this.#invalidation = reads.latest;
  }

  /** Whether the result must stay out of L1. */
  get cachingPrevented(): boolean {
    return this.reads.hasChanged(this, 'announced', this.#invalidation);
  }

  /** Whether new callers must not join the read. */
  get sharingPrevented(): boolean {
    return this.reads.hasChanged(this, 'completed', this.#invalidation);
  }

  /** Whether the result may be given to another caller now. */
  get isCurrent(): boolean {
    return !this.sharingPrevented && this.reads.clock.now() < this.currentUntil;
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
    private readonly flights: Pick<ShortLivedMap<string, Flight<T>>, 'get' | 'delete'>,
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
  end(): void {
    if (this.flights.get(this.recordKey) === this) this.flights.delete(this.recordKey);
  }
}

/** The flights of one cache, at most one per record. */
export class Flights<T> {
  readonly #flights = new ShortLivedMap<string, Flight<T>>();

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
