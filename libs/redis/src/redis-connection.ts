import { randomUUID } from 'node:crypto';
import { Breaker, type BreakerState } from './breaker.js';
import { withDeadline } from './deadline.js';
import { createDriverClient, type RedisClient } from './driver.js';
import { errorCode } from './error-code.js';
import { Reconnector } from './reconnector.js';
import { RedisUnavailableError } from './redis-errors.js';
import type { RedisOptions, RedisTopology } from './redis-options.js';
import { Refusal } from './refusal.js';
import { askServer, isUnusable } from './server-info.js';

const HEARTBEAT_MS = 250;
/** Every so many heartbeats, the server is asked for its identity again. */
const BEATS_PER_IDENTITY = 4;

/** Describes the connection without asking Redis. Reading it does no I/O. */
export interface RedisState {
  readonly mode: RedisTopology['mode'];
  readonly connected: boolean;
  readonly breaker: BreakerState;
  /** When `connected` last changed. */
  readonly since: Date;
  /** Duration of the last heartbeat in milliseconds. `undefined` before the first one. */
  readonly roundTripMs: number | undefined;
  /**
   * Why Redis is down: the code of the system (`ECONNREFUSED`), the first word of the server's reply (`WRONGPASS`), or
   * `REDIS_TIMEOUT`. While connected: the first word of the reply with which Redis refused an operation in the last 3 s
   * (`NOPERM`), otherwise `undefined`.
   */
  readonly lastError: string | undefined;
  /**
   * How the server is identified: by its own ids, or by the connection, because the server tells none. In the second case each
   * reconnect counts as another server. `undefined` before the first connection.
   */
  readonly identity: 'server' | 'connection' | undefined;
}

/**
 * Holds one connection to Redis and never blocks its caller. An operation settles within its deadline, fails at once while Redis
 * is down, and the connection is re-established without a limit of attempts.
 *
 * @example
 * const redis = new RedisConnection({ topology: { mode: 'single', url: 'redis://127.0.0.1:6379' } });
 * redis.open();
 * await redis.run((client) => client.get('greeting')); // rejects with code REDIS_UNAVAILABLE or REDIS_TIMEOUT
 */
export class RedisConnection {
  /**
   * The driver's client, for adapters that require it: the same object across reconnects. Calls through it have no deadline.
   * Prefer {@link run}.
   */
  readonly client: RedisClient;

  /** Resolves when the first attempt to connect has succeeded or failed. It never rejects. */
  readonly firstAttempt: Promise<void>;

  readonly #mode: RedisTopology['mode'];
  /** The deadline of one operation, in milliseconds. */
  readonly operationTimeoutMs: number;
  /** How long a boot waits for Redis, in milliseconds. */
  readonly bootTimeoutMs: number;
  readonly #breaker = new Breaker();
  readonly #reconnector: Reconnector;
  readonly #refusal: Refusal;
  #firstAttemptFinished = false;
  #connected = false;
  #since = new Date();
  #roundTripMs: number | undefined;
  #lastError: string | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #beats = 0;
  #serverId: string | undefined;
  #identity: RedisState['identity'];
  readonly #listeners = new Set<(state: RedisState) => void>();
  /** What the listeners know. */
  #reported = report(false, undefined);

  /** @param original the connection that this one duplicates, to the same server and as the same user */
  constructor(
    private readonly options: RedisOptions,
    private readonly original?: RedisConnection,
  ) {
    this.#mode = options.topology.mode;
    this.operationTimeoutMs = options.operationTimeoutMs ?? 100;
    this.bootTimeoutMs = options.bootTimeoutMs ?? 1_000;
    this.client = createDriverClient(options);
    this.#refusal = original === undefined ? new Refusal() : original.#refusal;
    const attempt = Promise.withResolvers<void>();
    this.firstAttempt = attempt.promise;
    const finish = (): void => {
      this.#firstAttemptFinished = true;
      attempt.resolve();
      this.#update();
    };
    this.client.on('ready', () => {
      this.#breaker.connected();
      void this.#identify().then(finish);
    });
    this.client.on('error', (error: unknown) => {
      this.#onError(error);
      finish();
    });
    this.#reconnector = new Reconnector(this.client, (code) => {
      this.#lastError = code;
    });
  }

  /** Whether the first attempt to connect has succeeded or failed. */
  get firstAttemptFinished(): boolean {
    return this.#firstAttemptFinished;
  }

  /** The state of the connection now. Reading it does no I/O. */
  get state(): RedisState {
    return {
      mode: this.#mode,
      connected: this.#connected,
      breaker: this.#breaker.state,
      since: this.#since,
      roundTripMs: this.#roundTripMs,
      lastError: this.#connected ? this.#refusal.code : this.#lastError,
      identity: this.#identity,
    };
  }

  /**
   * The identity of the server. It changes whenever the server may have lost data, or got older data: with a restart, a failover,
   * a moment as a replica. `undefined` while not connected.
   */
  get serverId(): string | undefined {
    if (!this.#connected) return undefined;
    // A server that tells no identity gets one per connection of the original, and its duplicates take that over.
    return this.#identity === 'connection' && this.original ? this.original.serverId : this.#serverId;
  }

  /** Identifies the unbroken connection to one server. It changes with each reconnect, and is `undefined` while not connected. */
  get session(): string | undefined {
    const { serverId } = this;
    return serverId === undefined ? undefined : `${this.client.socketEpoch}:${serverId}`;
  }

  /** Starts to connect and returns at once. */
  open(): void {
    this.#reconnector.connect();
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
  }

  /**
   * Calls `listener` each time that `connected` or `lastError` changes, before an operation can be sent on a new connection.
   * Returns a function that removes the listener.
   *
   * @example
   * const stop = redis.onChange(({ connected, lastError }) => report(connected, lastError));
   */
  onChange(listener: (state: RedisState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Creates another connection to the same server, not opened yet. The caller must open and close it. It uses RESP3, in which a
   * subscribed connection still accepts commands.
   */
  duplicate(clientName: string): RedisConnection {
    return new RedisConnection({ ...this.options, clientName, protocol: 3 }, this);
  }

  /**
   * Subscribes to a channel. The driver subscribes again after each reconnect. The call has no deadline.
   *
   * @throws {RedisUnavailableError} at once, while there is no connection. Nothing was sent.
   */
  async subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    if (!this.client.isReady) throw new RedisUnavailableError(this.#lastError ?? 'not connected yet');
    try {
      await this.client.subscribe(channel, listener);
    } catch (error) {
      this.#refusal.note(error);
      throw error;
    }
  }

  /**
   * Runs one operation within the deadline. `late` receives an answer that arrives after the deadline, so that its caller can
   * undo the operation.
   *
   * @throws {RedisUnavailableError} at once, while there is no connection. Nothing was sent.
   * @throws {RedisTimeoutError} after the deadline. It is unknown whether Redis executed the operation.
   */
  run<T>(operation: (client: RedisClient) => Promise<T>, late?: (answer: T) => void): Promise<T> {
    if (this.#connected) return this.#runWithinDeadline(operation, late);
    return Promise.reject(new RedisUnavailableError(this.#lastError ?? 'not connected yet'));
  }

  #runWithinDeadline<T>(operation: (client: RedisClient) => Promise<T>, late?: (answer: T) => void): Promise<T> {
    return withDeadline(() => operation(this.client), this.operationTimeoutMs, {
      answered: () => this.#breaker.answered(),
      failed: (error) => this.#onReply(error),
      timedOut: ({ code }, sentAt) => {
        this.#breaker.timedOut(sentAt, performance.now());
        if (this.#breaker.state === 'open') this.#replace(code);
      },
      late,
    });
  }

  /** Closes the connection, after the answers in flight, or after the deadline of one operation. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#listeners.clear();
    // Redis answers in order, so this answer comes last. Without an answer there is nothing to wait for.
    await this.run((client) => client.ping()).catch(() => {});
    this.#reconnector.end();
    this.#update();
  }

  async #beat(): Promise<void> {
    if (this.original === undefined) this.#refusal.beat();
    this.#update();
    if (!this.#connected) return;
    this.#beats += 1;
    if (this.#identity === 'server' && this.#beats % BEATS_PER_IDENTITY === 0) return this.#identify();
    const sentAt = performance.now();
    try {
      await this.run((client) => client.ping());
      this.#roundTripMs = performance.now() - sentAt;
    } catch {
      // The state has the failure already, from run() or from the client's 'error' event.
    }
  }

  /**
   * Asks the server for its identity. A connection counts as made once its server is a master that has its data, and as replaced
   * when the server has become another one: the address may lead elsewhere, or a moment as a replica has changed its data.
   */
  async #identify(): Promise<void> {
    const known = this.#serverId;
    try {
      const { unusable, identity } = await askServer((...words) =>
        this.#runWithinDeadline((client) => client.sendCommand<unknown>(words)),
      );
      if (unusable !== undefined) return this.#replace(unusable);
      if (known !== undefined && known !== identity) return this.#replace('SERVER_CHANGED');
      this.#identity = identity === undefined ? 'connection' : 'server';
      this.#serverId = identity ?? randomUUID();
      this.#lastError = undefined;
      this.#reconnector.succeeded();
    } catch (error) {
      // The breaker decides about a connection that was usable before.
      if (known === undefined && this.client.isReady) this.#replace(errorCode(error));
    }
  }

  #onReply(error: unknown): void {
    const code = errorCode(error);
    if (isUnusable(code)) return this.#replace(code);
    if (this.#connected) this.#refusal.note(error);
    this.#update();
  }

  #onError(error: unknown): void {
    if (!this.#reconnector.dropped) this.#lastError = errorCode(error);
    this.#serverId = undefined;
    // The original reports the refusals of its duplicates, such as the one of SUBSCRIBE.
    if (this.original) this.#refusal.note(error);
    // A reply that the driver could not parse leaves its socket open.
    this.#reconnector.replace();
  }

  /** Replaces the connection, because its server must not be used or does not answer. */
  #replace(reason: string): void {
    this.#serverId = undefined;
    this.#lastError = reason;
    this.#reconnector.replace();
    this.#update();
  }

  #update(): void {
    const connected = this.client.isReady && this.#breaker.state === 'closed' && this.#serverId !== undefined;
    if (connected !== this.#connected) {
      this.#connected = connected;
      this.#since = new Date();
    }
    const { state } = this;
    const current = report(connected, state.lastError);
    if (current === this.#reported) return;
    this.#reported = current;
    for (const listener of this.#listeners) listener(state);
  }
}

function report(connected: boolean, lastError: string | undefined): string {
  return `${connected} ${lastError}`;
}
