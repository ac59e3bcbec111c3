import { createClient } from '@keyv/redis';
import { Breaker, type BreakerState } from './breaker.js';
import { withDeadline } from './deadline.js';
import { reconnectDelay } from './reconnect-delay.js';
import { RedisError, RedisTimeoutError, RedisUnavailableError } from './redis-errors.js';
import type { RedisOptions, RedisTopology } from './redis-options.js';

export type RedisClient = ReturnType<typeof createClient>;

const HEARTBEAT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;
const SILENCE_MS = 1_000;
const QUEUE_LENGTH = 10_000;
/** How a replica refuses a write. */
const READONLY = 'READONLY';
/** How a server that reads its data from disk refuses everything but questions about itself. */
const LOADING = 'LOADING';
/** With one of these words a server says that it is none to be used now. `MASTERDOWN` is a replica that lost its master. */
const UNUSABLE: readonly string[] = [READONLY, LOADING, 'MASTERDOWN'];

/** What is known about the connection without asking Redis. Reading it does no I/O. */
export interface RedisState {
  readonly mode: RedisTopology['mode'];
  readonly connected: boolean;
  readonly breaker: BreakerState;
  /** When `connected` last changed. */
  readonly since: Date;
  /** How long the last heartbeat took, in milliseconds; `undefined` before the first one. */
  readonly roundTripMs: number | undefined;
  /** Why the connection is away, as the driver's error code or name; `undefined` while connected. */
  readonly lastError: string | undefined;
}

/**
 * One Redis connection that never makes its caller wait: an operation settles within its deadline, fails at once while Redis
 * is away, and the connection comes back by itself, always.
 *
 * @example
 * const redis = new RedisConnection({ topology: { mode: 'single', url: 'redis://127.0.0.1:6379' } });
 * redis.open();
 * await redis.run((client) => client.get('greeting')); // rejects with code REDIS_UNAVAILABLE or REDIS_TIMEOUT
 */
export class RedisConnection {
  /**
   * The driver's client, for adapters that need it whole. Whoever uses it directly gives up the deadline: prefer
   * {@link run}. The client is the same object for the life of the connection.
   */
  readonly client: RedisClient;

  /** Settles when the first attempt to connect has finished, well or badly. It never rejects. */
  readonly firstAttempt: Promise<void>;

  readonly #mode: RedisTopology['mode'];
  readonly #timeoutMs: number;
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
    this.#timeoutMs = options.operationTimeoutMs ?? 100;
    this.client = clientFor(options);
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

  /** How long one operation may take, in milliseconds. */
  get operationTimeoutMs(): number {
    return this.#timeoutMs;
  }

  get firstAttemptFinished(): boolean {
    return this.#firstAttemptFinished;
  }

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

  /** The `run_id` of the server at the other end: another after a restart or a failover. `undefined` while not connected. */
  get serverId(): string | undefined {
    return this.#connected ? this.#serverId : undefined;
  }

  /** Names the unbroken connection to one server: another after each reconnect; `undefined` while not connected. */
  get session(): string | undefined {
    return this.#connected ? `${this.client.socketEpoch}:${this.#serverId}` : undefined;
  }

  /** Starts to connect and returns at once. */
  open(): void {
    // It resolves when connected, however long that takes; failures arrive as 'error' events before that.
    void this.client.connect().catch((error: unknown) => {
      this.#lastError = errorCode(error);
      this.#update();
    });
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
  }

  /**
   * Calls `listener` each time `connected` changes, before any operation can be sent on a new connection, until the answered
   * function is called.
   */
  onChange(listener: (state: RedisState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another connection to the same server, not opened yet. It speaks RESP3, where one that is subscribed still takes commands. */
  duplicate(clientName: string): RedisConnection {
    return new RedisConnection({ ...this.options, clientName, protocol: 3 });
  }

  /**
   * Runs one operation under the deadline. An answer that comes later goes to `late`.
   *
   * @throws {RedisUnavailableError} at once, while there is no connection: nothing was sent.
   * @throws {RedisTimeoutError} after the deadline: whether Redis carried it out is unknown.
   */
  run<T>(operation: (client: RedisClient) => Promise<T>, late?: (answer: T) => void): Promise<T> {
    if (this.#connected) return this.#bounded(operation, late);
    return Promise.reject(new RedisUnavailableError(this.#lastError ?? 'not connected yet'));
  }

  #bounded<T>(operation: (client: RedisClient) => Promise<T>, late?: (answer: T) => void): Promise<T> {
    return withDeadline(() => operation(this.client), this.#timeoutMs, {
      answered: () => this.#breaker.answered(),
      failed: (error) => {
        const refusal = refusalOf(error);
        if (refusal !== undefined) this.#leave(refusal);
      },
      timedOut: (error) => this.#giveUp(error),
      late,
    });
  }

  #giveUp({ code }: RedisTimeoutError): void {
    this.#breaker.timedOut();
    this.#lastError = code;
    if (this.#connected && this.#breaker.state === 'open') this.#hangUp();
    this.#update();
  }

  /** Closes the connection. Answers under way are waited for, but not longer than the deadline of an operation. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#listeners.clear();
    // Redis answers in order: when this answer is there, all earlier ones are. Where none comes, there is nothing to wait for.
    await this.run((client) => client.ping()).catch(() => {});
    if (this.client.isOpen) this.client.destroy();
    this.#update();
  }

  async #beat(): Promise<void> {
    // Another address may stand behind the name since, or another server behind the address.
    if (this.#lastError !== undefined && UNUSABLE.includes(this.#lastError)) this.#hangUp();
    if (!this.#connected) return;
    const sentAt = performance.now();
    try {
      await this.run((client) => client.ping());
      this.#roundTripMs = performance.now() - sentAt;
    } catch {
      // The failure is already in the state: run() told the breaker or left the server, or the client emitted 'error'.
    }
  }

  /** Asks who is at the other end. Until that is known, and it is a master with its data, the connection counts as not made. */
  async #identify(): Promise<void> {
    try {
      const info = await this.#bounded((client) =>
        client.sendCommand<string>(['INFO', 'server', 'replication', 'persistence']),
      );
      if (/^role:slave/m.test(info)) this.#leave(READONLY);
      else if (/^loading:1/m.test(info)) this.#leave(LOADING);
      else this.#serverId = /^run_id:(\w+)/m.exec(info)?.[1];
    } catch (error) {
      this.#lastError = errorCode(error);
      // Without an answer to its first question, silence lets the socket end, and the next one is asked anew.
      this.#serverId = undefined;
      this.#hangUp();
    }
  }

  /**
   * What a replica holds may be older than what its master acknowledged, and a server that loads answers nothing: both are as
   * good as away.
   */
  #leave(refusal: string): void {
    this.#serverId = undefined;
    this.#lastError = refusal;
    this.#update();
  }

  /**
   * A condemned socket that pushes keep busy never falls silent, so the server is asked to end it. One that is alive does; one
   * that is not is silent anyway.
   */
  #hangUp(): void {
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

function clientFor({ topology, clientName = 'nuthatch', protocol = 2 }: RedisOptions): RedisClient {
  if (topology.mode !== 'single') {
    throw new RedisError(
      'REDIS_TOPOLOGY_UNSUPPORTED',
      `This release speaks to a single Redis server, not to "${topology.mode}". Give { mode: 'single', url }.`,
    );
  }
  return createClient({
    url: topology.url,
    RESP: protocol,
    name: clientName,
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LENGTH,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // Heartbeats keep a live socket busy; only a socket that the breaker silenced, or one whose handshake froze, idles
      // this long and is destroyed.
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (attempt) => reconnectDelay(attempt),
    },
  });
}

function refusalOf(error: unknown): string | undefined {
  return error instanceof Error ? UNUSABLE.find((word) => error.message.startsWith(word)) : undefined;
}

function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.constructor.name : 'unknown';
}
