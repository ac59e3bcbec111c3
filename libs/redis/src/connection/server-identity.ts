import { randomUUID } from 'node:crypto';
import { errorCode } from '../error-code.js';
import type { RedisState } from '../redis-state.js';
import { type Ask, askServer, type ServerInfo } from './server-info.js';

/** Every so many heartbeats, the server is asked for its identity again. */
const BEATS_PER_IDENTITY = 4;

/**
 * Knows which server a connection leads to. The identity changes whenever the server may have lost data, or got older data: with a
 * restart, a failover, a moment as a replica.
 */
export class ServerIdentity {
  #id: string | undefined;
  #source: RedisState['identity'];
  #beats = 0;
  /** The number of connections that were established. */
  #connections = 0;

  /** @param original the connection that this one duplicates */
  constructor(
    private readonly mode: RedisState['mode'],
    private readonly original: { readonly serverId: string | undefined } | undefined,
  ) {}

  get isKnown(): boolean {
    return this.#id !== undefined;
  }

  get id(): string | undefined {
    // A server that tells no identity gets one per connection of the original, and its duplicates take that over.
    return this.#source === 'connection' && this.original ? this.original.serverId : this.#id;
  }

  /** Identifies the unbroken connection to one server. */
  get session(): string | undefined {
    const { id } = this;
    return id === undefined ? undefined : `${this.#connections}:${id}`;
  }

  get source(): RedisState['identity'] {
    return this.#source;
  }

  /** Counts one heartbeat. Returns whether the server must be asked again. */
  isDue(): boolean {
    this.#beats += 1;
    return this.#source === 'server' && this.#beats % BEATS_PER_IDENTITY === 0;
  }

  forget(): void {
    this.#id = undefined;
  }

  /** Begins with another connection, whose server is unknown. */
  begin(): void {
    this.#connections += 1;
    this.forget();
  }

  /** Asks the server. Returns why the connection must be replaced, and `undefined` if its server is a master that has its data. */
  async check(ask: Ask, isCurrent: () => boolean): Promise<string | undefined> {
    const isFirst = !this.isKnown;
    try {
      const answer = await askServer(ask, this.mode);
      return isCurrent() ? this.#accept(answer) : undefined;
    } catch (error) {
      // The breaker decides about a connection that was usable before.
      return isFirst && isCurrent() ? errorCode(error) : undefined;
    }
  }

  /** The address may lead to another server by now, or a moment as a replica has changed the data of this one. */
  #accept({ unusable, identity }: ServerInfo): string | undefined {
    if (unusable !== undefined) return unusable;
    if (this.#id !== undefined && this.#id !== identity) return 'SERVER_CHANGED';
    this.#source = identity === undefined ? 'connection' : 'server';
    this.#id = identity ?? randomUUID();
    return undefined;
  }
}
