import { once } from 'node:events';
import { errorCode } from '../error-code.js';
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

/** Receives what happens to the connection. */
export interface LinkListener {
  /** Called when the driver has completed its handshake. */
  onReady(client: RedisClient): void;
  /** Called when an attempt has failed, or a connection was lost without {@link Reconnector.replace}. */
  onError(code: string): void;
}

/** One attempt to connect, and the connection that it became. */
interface Attempt {
  readonly client: RedisClient;
  /** Whether the driver has no socket yet, so that it could not close it. */
  dialing: boolean;
}

/**
 * Keeps a connection, with a pause before each new attempt. Each attempt has a client of its own, because the address, the
 * password and the certificates may have changed since the last one.
 *
 * The driver pauses only between attempts whose handshake fails. It reconnects at once to a server that completes the handshake and
 * is then of no use: hundreds of times per second. So here an attempt succeeds only when its caller has found the server usable.
 */
export class Reconnector {
  #attempt: Attempt | undefined;
  #failures = 0;
  #usableSince: number | undefined;
  #pause: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param createClient returns `undefined` while there is no address to connect to */
  constructor(
    private readonly createClient: () => RedisClient | undefined,
    private readonly listener: LinkListener,
  ) {}

  /** The driver's client, while its connection is established. */
  get client(): RedisClient | undefined {
    const client = this.#attempt?.client;
    return client?.isReady ? client : undefined;
  }

  /** Starts to connect, and returns at once. */
  connect(): void {
    try {
      const client = this.createClient();
      if (client) this.#dial({ client, dialing: true });
    } catch (error) {
      this.listener.onError(errorCode(error));
      this.#connectLater();
    }
  }

  /** Reports that the server of the present connection is usable. */
  succeeded(): void {
    this.#usableSince ??= performance.now();
  }

  /** Replaces the present connection, after a pause. Operations in flight reject. */
  replace(): void {
    if (!this.client) return;
    this.#abandon();
    this.#connectLater();
  }

  /** Ends the present connection or attempt, and connects at once: to another server than before. */
  redirect(): void {
    if (this.#ended) return;
    this.#abandon();
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#failures = 0;
    this.connect();
  }

  /** Closes the connection for good. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#pause);
    this.#abandon();
  }

  #dial(attempt: Attempt): void {
    const { client } = attempt;
    this.#attempt = attempt;
    const isCurrent = (): boolean => this.#attempt === attempt;
    client.on('connect', () => {
      attempt.dialing = false;
      if (isCurrent()) this.#shakeHands(client);
      else client.destroy();
    });
    client.on('ready', () => {
      if (isCurrent()) this.listener.onReady(client);
    });
    // The listener stays: without one, an error of an abandoned client would end the process.
    client.on('error', (error: unknown) => {
      attempt.dialing = false;
      if (isCurrent()) this.#fail(errorCode(error));
    });
    client.connect().catch(() => {});
  }

  #shakeHands(client: RedisClient): void {
    withDeadline(() => once(client, 'ready'), HANDSHAKE_MS, {
      timedOut: ({ code }) => {
        if (this.#attempt?.client === client) this.#fail(code);
      },
    }).catch(() => {});
  }

  #fail(code: string): void {
    this.#abandon();
    this.listener.onError(code);
    this.#connectLater();
  }

  #abandon(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    // A client without a socket is destroyed once it has one.
    if (attempt && !attempt.dialing && attempt.client.isOpen) attempt.client.destroy();
  }

  #connectLater(): void {
    if (this.#attempt || this.#ended || this.#pause !== undefined) return;
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
