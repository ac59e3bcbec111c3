import type { SeenRow } from './observations.js';

/** The argument with which the runner starts a process. */
export interface WorkerOptions {
  readonly library: string;
  /** The name of the set-up. */
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
  /** Reads by a writer, right after its acknowledged write, that returned an older version. */
  readonly ownWritesMissed: number;
  /** Operations that were rejected. */
  readonly failed: number;
  readonly seen: readonly SeenRow[];
}

export interface ReadCommand {
  readonly key: string;
  /** How many reads run at once. @default 1 */
  readonly times?: number;
  /** How long a load takes. @default sometimes a few milliseconds */
  readonly loadMs?: number;
}

export interface ReadAnswer {
  readonly versions: readonly number[];
  readonly originCalls: number;
}

/** The beginning of the text for a missing answer. */
export const NO_ANSWER = 'no answer';

export interface DeleteAnswer {
  /** The library's answer as a text. */
  readonly answer: string;
  readonly tookMs: number;
}

/** Many requests, each for a key of its own that is not cached. */
export interface Requests {
  readonly count: number;
  readonly everyMs: number;
  readonly loadMs: number;
  /** How long the process waits for each request. */
  readonly watchMs: number;
}

export interface RequestsReport {
  readonly withinOneSecond: number;
  readonly settled: number;
  /** How many of the settled requests were rejected. */
  readonly rejected: number;
  readonly longestMs: number;
  /** The longest delay of the event loop: no request can be faster. */
  readonly longestLoopDelayMs: number;
}

export interface Status {
  readonly originCalls: number;
  /** Unhandled errors, each of which ends a process that does not expect them. */
  readonly uncaught: number;
}

/** The commands that the runner sends to a process. */
export interface Commands {
  open(): Promise<void>;
  begin(traffic: Traffic): void;
  stop(): Promise<TrafficReport>;
  read(what: ReadCommand): Promise<ReadAnswer>;
  /** Reads by `get`, and on a miss by a load and `set`: the cache-aside that many applications write by hand. */
  readByHand(what: ReadCommand): Promise<ReadAnswer>;
  /** Changes the row through the cache. */
  write(key: string): Promise<void>;
  /** Changes the row without the cache. */
  change(key: string): Promise<void>;
  delete(what: { readonly key: string; readonly withinMs: number }): Promise<DeleteAnswer>;
  invalidateTag(): Promise<void>;
  /** Advances the wall clock of this process only. */
  advanceClock(ms: number): void;
  request(requests: Requests): Promise<RequestsReport>;
  status(): Promise<Status>;
}
