import { Breaker, type BreakerState } from './breaker.js';
import { withDeadline } from './deadline.js';
import { createDriverClient, type RedisClient } from './driver.js';
import { errorCode } from './error-code.js';
import { RedisUnavailableError } from './redis-errors.js';
import type { RedisOptions, RedisTopology } from './redis-options.js';
import { isUnusable, parseServerInfo, type UnusableReason } from './server-info.js';

const HEARTBEAT_MS = 250;

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
   * `REDIS_TIMEOUT`. `undefined` while connected.
   */
  readonly lastError: string | undefined;
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
  readonly #breaker = new Breaker();
  #firstAttemptFinished = false;
  #connected = false;
  #since = new Date();
  #roundTripMs: number | undefined;
  #lastError: string | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #serverId: string | undefined;
  readonly #listeners = new Set<(state: RedisState) => void>();

  constructor(private readonly options: RedisOptions) {
    this.#mode = options.topology.mode;
    this.operationTimeoutMs = options.operationTimeoutMs ?? 100;
    this.client = createDriverClient(options);
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
      this.#serverId = undefined;
      this.#lastError = errorCode(error);
      finish();
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
      lastError: this.#connected ? undefined : this.#lastError,
    };
  }

  /** The `run_id` of the server. It changes with a restart or a failover, and is `undefined` while not connected. */
  get serverId(): string | undefined {
    return this.#connected ? this.#serverId : undefined;
  }

  /** Identifies the unbroken connection to one server. It changes with each reconnect, and is `undefined` while not connected. */
  get session(): string | undefined {
    return this.#connected ? `${this.client.socketEpoch}:${this.#serverId}` : undefined;
  }

  /** Starts to connect and returns at once. */
  open(): void {
    // Resolves when connected, after any number of attempts. Failures arrive as 'error' events before.
    void this.client.connect().catch((error: unknown) => {
      this.#lastError = errorCode(error);
      this.#update();
    });
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
  }

  /**
   * Calls `listener` each time that `connected` changes, before an operation can be sent on the new connection. Returns a
   * function that removes the listener.
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
    return new RedisConnection({ ...this.options, clientName, protocol: 3 });
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
      failed: (error) => {
        const code = errorCode(error);
        if (isUnusable(code)) this.#markUnusable(code);
      },
      timedOut: ({ code }) => this.#onTimeout(code),
      late,
    });
  }

  #onTimeout(code: string): void {
    this.#breaker.timedOut();
    this.#lastError = code;
    if (this.#connected && this.#breaker.state === 'open') this.#quit();
    this.#update();
  }

  /** Closes the connection, after the answers in flight, or after the deadline of one operation. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#listeners.clear();
    // Redis answers in order, so this answer comes last. Without an answer there is nothing to wait for.
    await this.run((client) => client.ping()).catch(() => {});
    if (this.client.isOpen) this.client.destroy();
    this.#update();
  }

  async #beat(): Promise<void> {
    // The name may resolve to another address by now, or the address may lead to another server.
    if (isUnusable(this.#lastError)) this.#quit();
    if (!this.#connected) return;
    const sentAt = performance.now();
    try {
      await this.run((client) => client.ping());
      this.#roundTripMs = performance.now() - sentAt;
    } catch {
      // The state has the failure already, from run() or from the client's 'error' event.
    }
  }

  /** Asks the server for its identity. The connection counts as made once the server is a master that has its data. */
  async #identify(): Promise<void> {
    try {
      const info = await this.#runWithinDeadline((client) =>
        client.sendCommand<string>(['INFO', 'server', 'replication', 'persistence']),
      );
      const { runId, unusable } = parseServerInfo(info);
      if (unusable === undefined) this.#serverId = runId;
      else this.#markUnusable(unusable);
    } catch (error) {
      this.#lastError = errorCode(error);
      // The driver reconnects after QUIT, and the new connection is identified again.
      this.#serverId = undefined;
      this.#quit();
    }
  }

  #markUnusable(reason: UnusableReason): void {
    this.#serverId = undefined;
    this.#lastError = reason;
    this.#update();
  }

  /**
   * Lets the server close the socket. Pushed messages keep a socket busy, so that the idle timeout never ends it. A server that
   * is too slow still executes QUIT, and the socket to a frozen server is idle.
   */
  #quit(): void {
    if (this.client.isReady) void this.client.sendCommand(['QUIT']).catch(() => {});
  }

  #update(): void {
    const connected = this.client.isReady && this.#breaker.state === 'closed' && this.#serverId !== undefined;
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#since = new Date();
    for (const listener of this.#listeners) listener(this.state);
  }
}
