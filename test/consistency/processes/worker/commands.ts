import type { Stall } from './loop-stalls.js';

/** What a process of the fleet is told when it starts. */
export interface WorkerOptions {
  readonly instance: number;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  /** How long one operation of Redis may take, in milliseconds. */
  readonly operationTimeoutMs: number;
}

/** What its sessions do until they are stopped. */
export interface Workload {
  /** Sessions that read. */
  readonly readers: number;
  /** How many reads of a reader follow each other without a pause. */
  readonly burst: number;
  readonly readPauseMs: number;
  /** How many of the reads are strong, from 0 to 1. */
  readonly strongShare: number;
  /** Sessions that write, and read what they wrote. */
  readonly writers: number;
  /** The longest pause between two writes of a session; each is random. */
  readonly writePauseMs: number;
  /** How long the slowest loads take, in milliseconds: every fifth takes up to that. */
  readonly slowestLoadMs: number;
}

export interface Status {
  readonly reads: number;
  readonly writes: number;
  /** Whether it holds nothing back: no invalidation is pending, and it hears of all writes. */
  readonly settled: boolean;
  /** Whether something that was read has changed the prototype of all objects. */
  readonly polluted: boolean;
}

/** What a process did since its sessions began. */
export interface RunReport {
  /** Rows of an `OperationLog`. */
  readonly operations: Float64Array[];
  readonly reads: number;
  readonly writes: number;
  readonly originCalls: number;
  /** How often an operation was rejected, by the error's text. */
  readonly failed: Readonly<Record<string, number>>;
  /** How often an operation was rejected with the very error that the origin threw. */
  readonly originFailed: number;
  /** Operations that were not settled long after the last one began. */
  readonly unsettled: number;
  readonly unhandledRejections: number;
  readonly longestLoadMs: number;
  /** When the process did not run since it started. */
  readonly stalls: readonly Stall[];
}

export interface ReadCommand {
  readonly key: number;
  readonly strong?: boolean;
  /** How many at once. @default 1 */
  readonly times?: number;
  /** How long a load takes at least. @default 0 */
  readonly loadMs?: number;
}

export interface ReadAnswer {
  readonly versions: readonly number[];
  readonly originCalls: number;
  readonly longestMs: number;
}

/** What the test may ask of a process. */
export interface Commands {
  begin(workload: Workload): void;
  /** Waits for operations under way, but not for ever. */
  stop(): Promise<RunReport>;
  status(): Status;
  read(what: ReadCommand): Promise<ReadAnswer>;
  /** Changes the row behind the cache's back, then invalidates. */
  changeAndInvalidate(key: number): Promise<{ readonly version: number; readonly applied: string }>;
  /** From now on so many of the calls of the origin fail, from 0 to 1. */
  failOrigin(share: number): void;
  /** A write that commits, and whose caller is told that it failed. */
  loseWrite(key: number): Promise<void>;
  /** Keeps the event loop busy, answers nothing meanwhile. */
  block(ms: number): void;
  /** Kills this process between the commit of a write and its DONE. */
  dieWriting(key: number): Promise<void>;
}
