/** How a version was come by: a default read, a strong one, or the write that made it. */
export const KINDS = ['read', 'strong', 'write'] as const;
export type Kind = (typeof KINDS)[number];

/** Where the answer to a read was found: a batch does not say, and a load may have read `rows` through the cache in turn. */
export const SOURCES = ['l1', 'l2', 'origin', 'batch', 'rows'] as const;
export type Source = (typeof SOURCES)[number];

/** One operation of the workload on one row. A read of a list or a batch is one for each of its members. Times are those of `machineNow`. */
export interface Operation {
  readonly kind: Kind;
  /** The process. */
  readonly instance: number;
  /** Operations of one session of one process follow each other. */
  readonly session: number;
  readonly key: number;
  /** The version of the row that was read or written; `NaN` for a write of which nobody knows what became. */
  readonly version: number;
  readonly start: number;
  /** When it was answered: for a write, acknowledged. */
  readonly end: number;
  /** Of a write: acknowledged although the other processes could not be told yet. */
  readonly pending: boolean;
  readonly source: Source;
}

const COLUMNS = 9;
const ROWS = 4_096;

/** Operations, small enough to keep and to send by the hundred thousand: rows of numbers. */
export class OperationLog implements Iterable<Operation> {
  readonly #full: Float64Array[] = [];
  #last = new Float64Array(ROWS * COLUMNS);
  #used = 0;

  /** What other processes noted, from their chunks. */
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

  /** The rows, to be sent. */
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
