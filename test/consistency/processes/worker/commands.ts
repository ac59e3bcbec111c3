import type { Stall } from './loop-stalls.js';

/** The argument with which a test starts a process of the fleet. */
export interface WorkerOptions {
  readonly instance: number;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  /** The timeout of a Redis operation, in milliseconds. */
  readonly operationTimeoutMs: number;
  /** Whether the process follows the outbox of the database. @default false */
  readonly outbox?: boolean;
}

/** What the sessions of a process do until `stop`. */
export interface Workload {
  /** Sessions that read. */
  readonly readers: number;
  /** How many reads a reader makes without a pause. */
  readonly burst: number;
  readonly readPauseMs: number;
  /** The share of strong reads, from 0 to 1. */
  readonly strongShare: number;
  /** Sessions that write a row and read it back. */
  readonly writers: number;
  /** The longest pause between two writes of a session; each pause is random. */
  readonly writePauseMs: number;
  /** How long the slowest loads take, in milliseconds. One load in five is slow. */
  readonly slowestLoadMs: number;
}

export interface Status {
  readonly reads: number;
  readonly writes: number;
  /** Whether a value has changed the prototype of all objects. */
  readonly polluted: boolean;
  /** Why Redis is down, or what it refuses; several in a cluster. */
  readonly lastErrors: readonly string[];
}

/** What a process did since `begin`. */
export interface RunReport {
  /** Rows of an `OperationLog`. */
  readonly operations: Float64Array[];
  readonly reads: number;
  readonly writes: number;
  readonly originCalls: number;
  /** How often an operation was rejected, by the text of its error. */
  readonly failed: Readonly<Record<string, number>>;
  /** How often an operation was rejected with the error of the origin itself. */
  readonly originFailed: number;
  /** How many operations had not settled long after the last one began. */
  readonly unsettled: number;
  readonly unhandledRejections: number;
  readonly longestLoadMs: number;
  /** When the process did not run. */
  readonly stalls: readonly Stall[];
}

export interface ReadCommand {
  readonly key: number;
  readonly strong?: boolean;
  /** How many reads run at once. @default 1 */
  readonly times?: number;
  /** The least duration of a load, in milliseconds. @default 0 */
  readonly loadMs?: number;
}

export interface ReadAnswer {
  readonly versions: readonly number[];
  readonly originCalls: number;
  readonly longestMs: number;
}

/** The commands that a test sends to a process under traffic. */
export interface TrafficCommands {
  begin(workload: Workload): void;
  /** Waits for running operations up to a limit. */
  stop(): Promise<RunReport>;
  status(): Status;
  /** Returns whether no invalidation is pending, the invalidation channel is verified, and Redis is read. */
  settled(): Promise<boolean>;
}

/** The commands that a test sends to a process of the library. */
export interface Commands extends TrafficCommands {
  read(what: ReadCommand): Promise<ReadAnswer>;
  /** Returns the ids of the rows of a list. */
  readList(list: number): Promise<readonly number[]>;
  /** Changes the row without the cache, and then invalidates it. */
  changeAndInvalidate(key: number): Promise<{ readonly version: number; readonly applied: string }>;
  /** Sets the share of origin calls that fail, from 0 to 1. */
  failOrigin(share: number): void;
  /** Commits a write whose caller gets an error. */
  loseWrite(key: number): Promise<void>;
  /** Blocks the event loop. */
  block(ms: number): void;
  /** Kills this process between the commit of a write and its DONE. */
  dieWriting(key: number): Promise<void>;
}
