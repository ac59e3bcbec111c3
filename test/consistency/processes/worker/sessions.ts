import { setTimeout as pause } from 'node:timers/promises';
import type { RunReport, Workload } from './commands.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { OperationLog, type Source } from '../history/operation.js';
import { OriginError, OriginRefusal } from './origin.js';
import { type Row, ROWS } from './rows.js';

const SETTLING_MS = 5_000;
/** The share of reads of lists, of composed lists and of batches, each. */
const OF_MANY_SHARE = 0.1;
const LARGEST_BATCH = 8;

type Done = Pick<RunReport, 'operations' | 'reads' | 'writes' | 'failed' | 'originFailed' | 'unsettled'>;
type Load = Omit<Workload, 'readers' | 'writers'>;

/** The rows that one read returned. */
export interface Seen {
  readonly rows: readonly Row[];
  readonly source: Source;
}

export interface Written {
  readonly version: number;
  /** Whether the write was acknowledged while its invalidation was still pending. */
  readonly pending: boolean;
}

/** How the sessions of one process read and write rows. An `OriginError` counts as an error of the origin, and not as a failure. */
export interface RowAccess {
  readRow(key: number, strong: boolean): Promise<Seen>;
  /** Reads a list with the row, which one query loads. */
  readList(key: number, strong: boolean): Promise<Seen>;
  /** Reads a value that is composed of cached rows, the row among them. */
  readCompound(key: number, strong: boolean): Promise<Seen>;
  readMany(keys: readonly number[], strong: boolean): Promise<Seen>;
  write(key: number): Promise<Written>;
}

/** The readers and writers of one process. Each runs one operation after the other and records the result. */
export class Sessions {
  readonly #log = new OperationLog();
  readonly #failed = new Map<string, number>();
  #sessions: Promise<void>[] = [];
  #stopping = false;
  #begun = 0;
  #originFailed = 0;
  reads = 0;
  writes = 0;

  constructor(
    private readonly instance: number,
    private readonly rows: RowAccess,
  ) {}

  begin({ readers, writers, ...load }: Workload): void {
    const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    this.#sessions = [
      ...numbered(readers).map((session) => this.#keepReading(session, load)),
      ...numbered(writers).map((session) => this.#keepWriting(readers + session, load)),
    ];
  }

  async stop(): Promise<Done> {
    this.#stopping = true;
    const abort = new AbortController();
    const tooLate = pause(SETTLING_MS, undefined, { signal: abort.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#sessions), tooLate]);
    abort.abort();
    const failures = [...this.#failed.values()].reduce((sum, count) => sum + count, 0);
    return {
      operations: this.#log.chunks(),
      reads: this.reads,
      writes: this.writes,
      failed: Object.fromEntries(this.#failed),
      originFailed: this.#originFailed,
      unsettled: this.#begun - this.reads - this.writes - failures - this.#originFailed,
    };
  }

  async #keepReading(session: number, { burst, readPauseMs, strongShare }: Load): Promise<void> {
    while (!this.#stopping) {
      for (let count = 0; count < burst; count += 1)
        await this.#read(session, anyOf(ROWS), Math.random() < strongShare);
      await pause(readPauseMs);
    }
  }

  async #keepWriting(session: number, { writePauseMs }: Load): Promise<void> {
    while (!this.#stopping) {
      const key = anyOf(ROWS);
      await this.#write(session, key);
      await this.#read(session, key, false);
      await pause(Math.random() * writePauseMs);
    }
  }

  async #read(session: number, key: number, strong: boolean): Promise<void> {
    const { rows } = this;
    const chance = Math.random();
    await this.#note(session, strong, () => {
      if (chance < OF_MANY_SHARE) return rows.readList(key, strong);
      if (chance < 2 * OF_MANY_SHARE) return rows.readCompound(key, strong);
      if (chance < 3 * OF_MANY_SHARE) return rows.readMany(batchWith(key), strong);
      return rows.readRow(key, strong);
    });
  }

  async #note(session: number, strong: boolean, read: () => Promise<Seen>): Promise<void> {
    this.#begun += 1;
    const start = machineNow();
    try {
      const { rows, source } = await read();
      const end = machineNow();
      for (const { id: key, version } of rows) {
        const kind = strong ? 'strong' : 'read';
        this.#log.add({ kind, instance: this.instance, session, key, version, start, end, pending: false, source });
      }
      this.reads += 1;
    } catch (error) {
      this.#fail(error);
    }
  }

  async #write(session: number, key: number): Promise<void> {
    this.#begun += 1;
    const write = { kind: 'write', instance: this.instance, session, key, source: 'origin' } as const;
    const start = machineNow();
    try {
      const { version, pending } = await this.rows.write(key);
      const end = machineNow();
      this.#log.add({ ...write, version, start, end, pending });
      this.writes += 1;
    } catch (error) {
      if (!(error instanceof OriginRefusal))
        this.#log.add({ ...write, version: Number.NaN, start, end: Number.POSITIVE_INFINITY, pending: false });
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (error instanceof OriginError) {
      this.#originFailed += 1;
      return;
    }
    const what = String(error);
    this.#failed.set(what, (this.#failed.get(what) ?? 0) + 1);
  }
}

/** Returns several different rows, with `key` among them. */
function batchWith(key: number): number[] {
  return [...new Set([key, ...Array.from({ length: anyOf(LARGEST_BATCH) }, () => anyOf(ROWS))])];
}

function anyOf(count: number): number {
  return Math.floor(Math.random() * count);
}
