import { once } from 'node:events';
import { withDeadline } from './deadline.js';
import type { RedisClient } from './driver.js';

const FIRST_MS = 50;
const LONGEST_MS = 1_000;
/** A connection that was usable for so long ends a row of failures. A shorter one is a failure too. */
const STABLE_MS = 1_000;
/** How long the server may take to answer the driver's first commands, in milliseconds. */
const HANDSHAKE_MS = 1_000;

/**
 * Returns the pause before reconnect attempt number `attempt` (from 0), in milliseconds: 50 · 2ⁿ, at most one second, and up to a
 * quarter more at random, so that instances do not reconnect at the same moment. There is no last attempt.
 */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const pause = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return Math.round(pause + (pause / 4) * random());
}

/**
 * Keeps a client of the driver connected, with a pause before each new attempt.
 *
 * The driver pauses only between attempts whose handshake fails. It reconnects at once to a server that completes the handshake and
 * is then of no use: hundreds of times per second. So here an attempt succeeds only when its caller has found the server usable.
 */
export class Reconnector {
  #failures = 0;
  #usableSince: number | undefined;
  #pause: NodeJS.Timeout | undefined;
  /** Whether the driver has no socket yet, so that it could not close it. */
  #dialing = false;
  #ended = false;
  #dropped = false;

  constructor(
    private readonly client: RedisClient,
    private readonly onTimeout: (code: string) => void,
  ) {
    client.on('connect', () => this.#shakeHands());
    client.on('error', () => this.#connectLater());
  }

  /** Whether the last connection was closed on purpose. The driver may report that as an error. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** Starts to connect, and returns at once. Failures arrive as 'error' events of the client. */
  connect(): void {
    this.#dropped = false;
    this.#dialing = true;
    this.client.connect().catch(() => {});
  }

  /** Reports that the server of the present connection is usable. */
  succeeded(): void {
    this.#usableSince ??= performance.now();
  }

  /** Replaces the present connection, after a pause. Operations in flight reject. */
  replace(): void {
    if (this.client.isReady) this.#drop();
  }

  /** Closes the connection for good. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#pause);
    if (this.client.isOpen && !this.#dialing) this.client.destroy();
  }

  #shakeHands(): void {
    this.#dialing = false;
    if (this.#ended) {
      this.client.destroy();
      return;
    }
    withDeadline(() => once(this.client, 'ready'), HANDSHAKE_MS, {
      timedOut: ({ code }) => {
        this.onTimeout(code);
        this.#drop();
      },
    }).catch(() => {});
  }

  #drop(): void {
    this.#dropped = true;
    if (this.client.isOpen) this.client.destroy();
    this.#connectLater();
  }

  #connectLater(): void {
    if (this.client.isOpen || this.#ended || this.#pause !== undefined) return;
    if (performance.now() - (this.#usableSince ?? Infinity) >= STABLE_MS) this.#failures = 0;
    this.#usableSince = undefined;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.connect();
    }, reconnectDelay(this.#failures));
    this.#pause.unref();
    this.#failures += 1;
  }
}
