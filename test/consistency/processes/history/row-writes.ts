import type { Operation } from './operation.js';

/** The version every row has before the first write. */
const FIRST_VERSION = 1;

/** Which writes count: all, those that are applied, or those of one process. */
export type Whose = 'all' | 'applied' | number;

/** The writes of one row by version. Call `add` for each, then `close`, then the other methods. */
export class RowWrites {
  readonly #writes: Operation[] = [];
  readonly #unknown: number[] = [];
  /** For each version, when the first newer version was acknowledged. */
  readonly #missedSince = new Map<Whose, Float64Array>();

  /** Returns whether the write is the first of its version. A write with an unknown outcome has no version. */
  add(write: Operation): boolean {
    if (Number.isNaN(write.version)) {
      this.#unknown.push(write.start);
      return true;
    }
    if (this.#writes[write.version]) return false;
    this.#writes[write.version] = write;
    return true;
  }

  close(): void {
    this.#missedSince.set(
      'all',
      this.#acknowledged(() => true),
    );
    this.#missedSince.set(
      'applied',
      this.#acknowledged(({ pending }) => !pending),
    );
    for (const instance of new Set(this.writes().map((write) => write.instance))) {
      this.#missedSince.set(
        instance,
        this.#acknowledged((write) => write.instance === instance),
      );
    }
  }

  /** Returns the recorded writes. A failed write may have made a version that is not among them. */
  writes(): readonly Operation[] {
    return this.#writes.filter(() => true);
  }

  /** Returns how long before `start` the first write newer than `version` was acknowledged, or 0. */
  lag(version: number, start: number, whose: Whose = 'all'): number {
    const since = this.#missedSince.get(whose)?.[version] ?? Number.POSITIVE_INFINITY;
    return Math.max(0, start - since);
  }

  /** Returns when the write of `version` began, or `undefined` if there is no such write. */
  begunAt(version: number): number | undefined {
    return version === FIRST_VERSION ? Number.NEGATIVE_INFINITY : this.#writes[version]?.start;
  }

  /** Returns whether the invalidation of the write of `version` is applied. */
  applied(version: number): boolean {
    return this.#writes[version]?.pending === false;
  }

  unknownBefore(moment: number): boolean {
    return this.#unknown.some((start) => start < moment);
  }

  #acknowledged(counts: (write: Operation) => boolean): Float64Array {
    const since = new Float64Array(this.#writes.length).fill(Number.POSITIVE_INFINITY);
    for (let version = since.length - 2; version >= 0; version -= 1) {
      const newer = this.#writes[version + 1];
      const acknowledgedAt = newer && counts(newer) ? newer.end : Number.POSITIVE_INFINITY;
      since[version] = Math.min(acknowledgedAt, since[version + 1] ?? Number.POSITIVE_INFINITY);
    }
    return since;
  }
}
