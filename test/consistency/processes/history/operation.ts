/** The operation that returned a version: a default read, a strong read, or the write that made it. */
export const KINDS = ['read', 'strong', 'write'] as const;
export type Kind = (typeof KINDS)[number];

/** Where a read found its value. A batch does not report it, and `rows` is a load that read the rows through the cache. */
export const SOURCES = ['l1', 'l2', 'origin', 'batch', 'rows'] as const;
export type Source = (typeof SOURCES)[number];

/** One operation of the workload on one row. A read of a list or batch is one operation per member. Times are from `machineNow`. */
export interface Operation {
  readonly kind: Kind;
  /** The number of the process. */
  readonly instance: number;
  /** The session of the process. Its operations run one after the other. */
  readonly session: number;
  readonly key: number;
  /** The version of the row that was read or written; `NaN` for a write with an unknown outcome. */
  readonly version: number;
  readonly start: number;
  /** When the read returned, or the write was acknowledged. */
  readonly end: number;
  /** Whether a write was acknowledged while its invalidation was still pending. */
  readonly pending: boolean;
  readonly source: Source;
}

const COLUMNS = 9;
const ROWS = 4_096;

/** Stores operations as rows of numbers, small enough to keep and send hundreds of thousands of them. */
export class OperationLog implements Iterable<Operation> {
  readonly #full: Float64Array[] = [];
  #last = new Float64Array(ROWS * COLUMNS);
  #used = 0;

  /** Returns the operations of other processes from their chunks. */
  static of(chunks: readonly Float64Array[]): OperationLog {
    const log = new OperationLog();
    log.#full.push(...chunks);
    return log;
  }

  add({ kind, instance, session, key, version, start, end, pending, source }: Operation): void {
    const numbers = [instance, session, key, version, start, end, Number(pending)];
    this.#last.set([KINDS.indexOf(kind), SOURCES.indexOf(source), ...numbers], this.#used);
    this.#used += COLUMNS;
    if (this.#used < this.#last.length) return;
    this.#full.push(this.#last);
    this.#last = new Float64Array(ROWS * COLUMNS);
    this.#used = 0;
  }

  /** Returns the rows in a form that can be sent. */
  chunks(): Float64Array[] {
    return [...this.#full, this.#last.subarray(0, this.#used)];
  }

  *[Symbol.iterator](): Generator<Operation> {
    for (const chunk of this.chunks()) {
      for (let at = 0; at < chunk.length; at += COLUMNS) {
        const [kind = 0, source = 0, ...numbers] = chunk.subarray(at, at + COLUMNS);
        const [instance = 0, session = 0, key = 0, version = 0, start = 0, end = 0, pending = 0] = numbers;
        const who = { kind: KINDS[kind] ?? 'read', source: SOURCES[source] ?? 'origin', instance, session };
        yield { ...who, key, version, start, end, pending: pending === 1 };
      }
    }
  }
}
