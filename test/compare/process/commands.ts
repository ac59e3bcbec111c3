import type { SeenRow } from './sightings.js';

/** What a process is told when it starts. */
export interface WorkerOptions {
  readonly library: string;
  /** Its name. */
  readonly setUp: string;
  readonly redisUrl: string;
  readonly originUrl: string;
  readonly tagged: boolean;
}

export interface Traffic {
  readonly readers: number;
  readonly writersOfEachKey: number;
}

export interface TrafficReport {
  readonly reads: number;
  /** Reads of a writer, right after its write was acknowledged, that answered an older version. */
  readonly ownWritesMissed: number;
  /** Operations that were rejected. */
  readonly failed: number;
  readonly seen: readonly SeenRow[];
}

export interface ReadCommand {
  readonly key: string;
  /** How many at once. @default 1 */
  readonly times?: number;
  /** How long a load takes. @default now and then a little */
  readonly loadMs?: number;
}

export interface ReadAnswer {
  readonly versions: readonly number[];
  readonly originCalls: number;
}

/** How an answer begins that did not come. */
export const NO_ANSWER = 'no answer';

export interface DeleteAnswer {
  /** What the library answered, in words. */
  readonly answer: string;
  readonly tookMs: number;
}

/** Many requests, each for a key of its own that nobody holds. */
export interface Requests {
  readonly count: number;
  readonly everyMs: number;
  readonly loadMs: number;
  /** How long each is watched. */
  readonly watchMs: number;
}

export interface RequestsReport {
  readonly withinOneSecond: number;
  readonly settled: number;
  /** Of those that settled. */
  readonly rejected: number;
  readonly longestMs: number;
  /** How late the process was at worst: no request can be faster. */
  readonly longestLoopDelayMs: number;
}

export interface Status {
  readonly originCalls: number;
  /** Errors that nobody handled: each ends a process that does not expect them. */
  readonly uncaught: number;
}

/** What the runner may ask of a process. */
export interface Commands {
  open(): Promise<void>;
  begin(traffic: Traffic): void;
  stop(): Promise<TrafficReport>;
  read(what: ReadCommand): Promise<ReadAnswer>;
  /** `get`, and where it answers nothing load and `set`: the cache-aside that many write by hand. */
  readByHand(what: ReadCommand): Promise<ReadAnswer>;
  /** Changes the row through the cache. */
  write(key: string): Promise<void>;
  /** Changes the row behind the cache's back. */
  change(key: string): Promise<void>;
  delete(what: { readonly key: string; readonly withinMs: number }): Promise<DeleteAnswer>;
  invalidateTag(): Promise<void>;
  /** The wall clock of this process only. */
  advanceClock(ms: number): void;
  request(requests: Requests): Promise<RequestsReport>;
  status(): Promise<Status>;
}
