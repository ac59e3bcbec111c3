import { AsyncResource } from 'node:async_hooks';

/** Bounds the requests of one server. */
export interface AdmissionLimits {
  /**
   * How many requests are answered at the same time while the event loop is busy. More would not be faster, but would delay probes,
   * timers and the replies of other servers.
   *
   * @default 64
   */
  readonly concurrency: number;
  /**
   * How long a request may wait, in milliseconds. While the oldest request has waited longer, new ones are refused.
   *
   * @default 1_000
   */
  readonly mostWaitMs: number;
  /**
   * How many requests may be accepted and unfinished, including those that wait. It bounds the memory while a server does not answer.
   *
   * @default 2_000
   */
  readonly mostInProgress: number;
}

/** A request to begin. It calls `done` once, when its response has ended or its client has left. */
export type Admitted = (done: () => void) => void;

/** The requests of one server. Its probes do not count. */
export interface RequestCounts {
  readonly inProgress: number;
  readonly waiting: number;
  /** Since the start of the process. */
  readonly refused: number;
}

interface Waiting {
  readonly begin: Admitted;
  readonly since: number;
}

const MOST_ACCEPTING_MS = 200;
const CHECK_EVERY_MS = 20;
/** The share of time in which the event loop runs code. Below it, the requests in progress wait for another server. */
const BUSY = 0.75;

/**
 * Begins requests in the order of their arrival. While the event loop is busy, it begins one when another one is done. While the loop
 * is idle, for example because a database does not answer, requests begin although others are in progress.
 */
export class AdmissionQueue {
  readonly #waiting: Waiting[] = [];
  #begun = 0;
  #refused = 0;
  #check: NodeJS.Timeout | undefined;
  #connected = false;
  /** While connections arrive: when the first of them arrived. */
  #acceptingSince: number | undefined;

  constructor(private readonly limits: AdmissionLimits) {}

  get counts(): RequestCounts {
    return { inProgress: this.#begun, waiting: this.#waiting.length, refused: this.#refused };
  }

  /** Begins the request now or later. Returns `false`, without a call of `begin`, for a request that must be refused. */
  accept(begin: Admitted): boolean {
    const unfinished = this.#begun + this.#waiting.length;
    if (unfinished >= this.limits.mostInProgress || this.#longestWaitMs() > this.limits.mostWaitMs) {
      this.#refused += 1;
      return false;
    }
    if (this.#begun < this.limits.concurrency && this.#acceptingSince === undefined) this.#begin(begin);
    else this.#wait(begin);
    return true;
  }

  /**
   * Call it for each new connection. Node accepts one connection per turn of the event loop, so a probe waits for as many turns as
   * there are connections before it. Until all are accepted, for at most 200 ms, no request begins, and turns are short.
   */
  connected(): void {
    this.#connected = true;
    if (this.#acceptingSince !== undefined) return;
    this.#acceptingSince = performance.now();
    setImmediate(() => this.#awaitConnections());
  }

  #awaitConnections(): void {
    const accepting = this.#connected && performance.now() - (this.#acceptingSince ?? 0) < MOST_ACCEPTING_MS;
    this.#connected = false;
    if (accepting) {
      setImmediate(() => this.#awaitConnections());
      return;
    }
    this.#acceptingSince = undefined;
    this.#beginNext(this.limits.concurrency - this.#begun);
  }

  #begin(begin: Admitted): void {
    this.#begun += 1;
    begin(() => {
      this.#begun -= 1;
      if (this.#waiting.length > 0 && this.#begun < this.limits.concurrency) this.#beginNext(1);
    });
  }

  #wait(begin: Admitted): void {
    // Otherwise a request would begin in the async context of the one that is done.
    this.#waiting.push({ begin: AsyncResource.bind(begin), since: performance.now() });
    if (this.#check) return;
    let before = performance.eventLoopUtilization();
    this.#check = setInterval(() => {
      const { utilization } = performance.eventLoopUtilization(before);
      before = performance.eventLoopUtilization();
      if (utilization < BUSY) this.#beginNext(this.limits.concurrency);
    }, CHECK_EVERY_MS);
  }

  #beginNext(count: number): void {
    if (this.#acceptingSince !== undefined) return;
    for (const { begin } of this.#waiting.splice(0, Math.max(0, count))) this.#begin(begin);
    if (this.#waiting.length > 0) return;
    clearInterval(this.#check);
    this.#check = undefined;
  }

  #longestWaitMs(): number {
    const [oldest] = this.#waiting;
    return oldest ? performance.now() - oldest.since : 0;
  }
}
