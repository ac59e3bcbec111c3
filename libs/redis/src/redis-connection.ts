import { Breaker } from './connection/breaker.js';
import { type DeadlineListener, withDeadline } from './connection/deadline.js';
import type { RedisClient } from './connection/driver.js';
import { Reconnector } from './connection/reconnector.js';
import { ServerIdentity } from './connection/server-identity.js';
import { isUnusable } from './connection/server-info.js';
import { errorCode } from './error-code.js';
import { ClusterMap } from './cluster/cluster-map.js';
import type { Shard } from './cluster/shard.js';
import type { MasterResolver } from './master/master-resolver.js';
import { Route } from './master/route.js';
import { RedisUnavailableError } from './redis-errors.js';
import type { RedisOptions } from './redis-options.js';
import { type RedisState, StateListeners } from './redis-state.js';
import { HEARTBEAT_MS, Refusal } from './refusal.js';

/**
 * Holds one connection to Redis and never blocks its caller. An operation settles within its deadline, fails at once while Redis
 * is down, and the connection is re-established without a limit of attempts.
 *
 * @example
 * const redis = new RedisConnection({ topology: { mode: 'single', url: 'redis://127.0.0.1:6379' } });
 * redis.open();
 * await redis.run((client) => client.get('greeting')); // a RedisError without an answer
 */
export class RedisConnection {
  /** The deadline of one operation, in milliseconds. */
  readonly operationTimeoutMs: number;
  /** How long a boot waits for Redis, in milliseconds. */
  readonly bootTimeoutMs: number;
  readonly #route: Route;
  readonly #resolver: MasterResolver;
  readonly #breaker = new Breaker();
  readonly #reconnector: Reconnector;
  readonly #refusal: Refusal;
  readonly #firstAttempt = Promise.withResolvers<void>();
  /** Resolves when the first attempt to connect has succeeded or failed. It never rejects. */
  readonly firstAttempt: Promise<void> = this.#firstAttempt.promise;
  #firstAttemptFinished = false;
  /** The driver's client, while operations may be sent. */
  #client: RedisClient | undefined;
  #session: string | undefined;
  #since = new Date();
  #roundTripMs: number | undefined;
  #lastError: string | undefined;
  readonly #stops: (() => void)[] = [];
  readonly #identity: ServerIdentity;
  readonly #listeners = new StateListeners();
  /** Receives the outcome of every operation. */
  readonly #outcomes: DeadlineListener = {
    answered: () => void (this.#breaker.answers += 1),
    failed: (error) => this.#onReply(error),
    timedOut: ({ code }, sentAt) => {
      this.#resolver.noteError(code);
      this.#breaker.timedOut(sentAt, performance.now());
      if (this.#breaker.state === 'open') this.#replace(code);
    },
  };

  /**
   * @param original the connection that this one duplicates, to the same server and as the same user
   * @param shard the part of a cluster whose master it leads to
   */
  constructor(
    private readonly options: RedisOptions,
    private readonly original?: RedisConnection,
    shard?: Shard,
  ) {
    this.operationTimeoutMs = options.operationTimeoutMs ?? 100;
    this.bootTimeoutMs = options.bootTimeoutMs ?? 1_000;
    this.#route = new Route(options, shard ?? (original && original.#resolver));
    this.#resolver = this.#route.resolver;
    this.#identity = new ServerIdentity(options.topology.mode, original);
    this.#refusal = original ? original.#refusal : new Refusal(options.heartbeatMs);
    this.#reconnector = new Reconnector(() => this.#route.createClient(), {
      onReady: (client) => void this.#onReady(client),
      onError: (code) => this.#onError(code),
    });
  }

  /**
   * Returns the driver's client of the present connection, which the next connection replaces. Its calls have no deadline: prefer
   * {@link run}.
   *
   * @throws {RedisUnavailableError} while there is no connection.
   */
  get client(): RedisClient {
    const { client } = this.#reconnector;
    if (!client) throw this.#unavailable();
    return client;
  }

  /** The masters of the cluster. `undefined` for another topology, and for a connection to one shard. */
  get cluster(): ClusterMap | undefined {
    return this.#resolver instanceof ClusterMap ? this.#resolver : undefined;
  }

  /** How long another process may still write to a former server after a failover, in milliseconds. */
  get failoverLagMs(): number {
    return this.#resolver.lagMs;
  }

  /** Whether the first attempt to connect has succeeded or failed. */
  get firstAttemptFinished(): boolean {
    return this.#firstAttemptFinished;
  }

  /** The state of the connection now. Reading it does no I/O. */
  get state(): RedisState {
    return {
      mode: this.options.topology.mode,
      connected: this.#client !== undefined,
      breaker: this.#breaker.state,
      since: this.#since,
      roundTripMs: this.#roundTripMs,
      lastError: this.#client ? this.#refusal.code : this.#lastError,
      identity: this.#identity.source,
      master: this.#route.master,
    };
  }

  /**
   * The identity of the server. It changes whenever the server may have lost data, or got older data: with a restart, a failover,
   * a moment as a replica. `undefined` while not connected.
   */
  get serverId(): string | undefined {
    return this.#client && this.#identity.id;
  }

  /** Identifies the unbroken connection to one server. It changes with each reconnect, and is `undefined` while not connected. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Starts to connect, and returns at once. */
  open(): void {
    const heartbeat = setInterval(() => void this.#beat(), this.options.heartbeatMs ?? HEARTBEAT_MS).unref();
    const stopWatching = this.#resolver.watch(() => this.#onMasterChange());
    this.#stops.push(stopWatching, () => clearInterval(heartbeat));
    // The server of a duplicate may have the identity of the original's connection.
    if (this.original) this.#stops.push(this.original.onChange(() => this.#update()));
    this.#reconnector.connect();
  }

  /**
   * Calls `listener` each time that `connected` or `lastError` changes, before an operation can be sent on a new connection.
   * Returns a function that removes the listener.
   *
   * @example
   * const stop = redis.onChange(({ connected, lastError }) => report(connected, lastError));
   */
  onChange(listener: (state: RedisState) => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Creates another connection to the same server, not opened yet. The caller must open and close it. It uses RESP3, in which a
   * subscribed connection still accepts commands.
   */
  duplicate(clientName: string): RedisConnection {
    return new RedisConnection({ ...this.options, clientName, protocol: 3 }, this);
  }

  /** Creates a connection to the master of a shard of the same cluster, not opened yet. The caller must open and close it. */
  connectTo(shard: Shard): RedisConnection {
    return new RedisConnection(this.options, undefined, shard);
  }

  /**
   * Subscribes the present connection to a channel. The next connection has no subscription. The call has no deadline.
   *
   * @throws {RedisUnavailableError} at once, while there is no connection. Nothing was sent.
   */
  async subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    const { client } = this;
    try {
      await client.subscribe(channel, listener);
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
   * @throws {RedisDisconnectedError} when the connection ends before the answer. It is unknown too.
   */
  run<T>(operation: (client: RedisClient) => Promise<T>, late?: (answer: T) => void): Promise<T> {
    const client = this.#client;
    if (!client) return Promise.reject(this.#unavailable());
    return withDeadline(() => operation(client), this.operationTimeoutMs, this.#outcomes, late);
  }

  #unavailable(): RedisUnavailableError {
    return new RedisUnavailableError(this.#lastError ?? 'not connected yet');
  }

  /** Closes the connection, after the answers in flight, or after the deadline of one operation. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#listeners.clear();
    // Redis answers in order, so this answer comes last. Without an answer there is nothing to wait for.
    await this.run((client) => client.ping()).catch(() => {});
    this.#reconnector.end();
    this.#update();
  }

  async #beat(): Promise<void> {
    if (!this.original) this.#refusal.beat();
    this.#update();
    const client = this.#client;
    if (!client) return;
    if (this.#identity.isDue()) return this.#identify(client);
    const sentAt = performance.now();
    try {
      await this.run(() => client.ping());
      this.#roundTripMs = performance.now() - sentAt;
    } catch {
      // The state has the failure already, from run() or from the listener of the connection.
    }
  }

  async #onReady(client: RedisClient): Promise<void> {
    this.#identity.begin();
    this.#breaker.connected();
    await this.#identify(client);
    this.#finishAttempt();
  }

  #onError(code: string): void {
    this.#resolver.noteError(code);
    this.#lastError = code;
    this.#identity.forget();
    // The original reports the refusals of its duplicates, such as the one of SUBSCRIBE.
    if (this.original) this.#refusal.noteCode(code);
    this.#finishAttempt();
  }

  #finishAttempt(): void {
    this.#firstAttemptFinished = true;
    this.#firstAttempt.resolve();
    this.#update();
  }

  #onMasterChange(): void {
    if (this.#route.leadsElsewhere) {
      this.#identity.forget();
      this.#lastError = 'MASTER_CHANGED';
      // Before the first operation on the new master can be sent.
      this.#update();
      this.#reconnector.redirect();
    } else if (this.#route.master === undefined) {
      // The connection stays: it may still lead to the master.
      this.#lastError = this.#resolver.problem;
      this.#finishAttempt();
    } else this.#update();
  }

  /** Asks the server for its identity. A connection counts as made once its server is a master that has its data. */
  async #identify(client: RedisClient): Promise<void> {
    const ask = (...words: readonly string[]) =>
      withDeadline(() => client.sendCommand<unknown>(words), this.operationTimeoutMs, this.#outcomes);
    const problem = await this.#identity.check(ask, () => client === this.#reconnector.client);
    if (problem !== undefined) return this.#replace(problem);
    if (!this.#identity.isKnown) return;
    this.#lastError = undefined;
    this.#reconnector.succeeded();
  }

  #onReply(error: unknown): void {
    const code = errorCode(error);
    if (isUnusable(code)) return this.#replace(code);
    if (this.#resolver.noteError(code)) return;
    if (this.#client) this.#refusal.note(error);
    this.#update();
  }

  /** Replaces the connection, because its server must not be used or does not answer. */
  #replace(reason: string): void {
    this.#identity.forget();
    this.#lastError = reason;
    this.#resolver.noteError(reason);
    this.#reconnector.replace();
    this.#update();
  }

  #update(): void {
    const leadsToMaster = this.#route.master !== undefined && this.#identity.isKnown;
    const client = leadsToMaster && this.#breaker.state === 'closed' ? this.#reconnector.client : undefined;
    if ((client === undefined) !== (this.#client === undefined)) this.#since = new Date();
    this.#client = client;
    this.#session = client && this.#identity.session;
    this.#listeners.notify(this.state);
  }
}
