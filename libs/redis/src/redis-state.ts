import type { BreakerState } from './connection/breaker.js';
import type { RedisTopology } from './redis-options.js';

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
  /**
   * The address of the server that accepts the writes, as `host:port`; in a cluster, of one such server. `undefined` while the
   * Sentinels, or the nodes of the cluster, do not name it.
   */
  readonly master: string | undefined;
}

/** Calls listeners when the state of a connection changes in a way that matters to them. */
export class StateListeners {
  readonly #listeners = new Set<(state: RedisState) => void>();
  /** What the listeners know. */
  #reported = report({ connected: false, lastError: undefined });

  /** Returns a function that removes the listener. */
  add(listener: (state: RedisState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }

  notify(state: RedisState): void {
    const current = report(state);
    if (current === this.#reported) return;
    this.#reported = current;
    for (const listener of this.#listeners) listener(state);
  }
}

function report({ connected, lastError }: Pick<RedisState, 'connected' | 'lastError'>): string {
  return `${connected} ${lastError}`;
}
