import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/**
 * A client of pg that survives a broken connection and leaves no abandoned statement behind.
 *
 * pg rejects a statement after `query_timeout` and keeps the connection. A statement in flight would run when the network heals, long
 * after the intent of its write has expired, and the next user of the connection would wait for it.
 */
export class PostgresClient extends Client {
  /** The process of the server, or the number that a pooler made up. Not in the types of pg. */
  declare readonly processID: number | null;
  readonly createdAt = performance.now();
  /** Whether the connection has its settings. */
  settled = false;
  /** The TCP socket. TLS replaces it later by a socket without a reset. */
  private readonly socket = this.connection.stream;

  constructor(config?: string | ClientConfig) {
    super(config);
    // The pool listens to idle clients only. For a busy client, the statement fails with the same error.
    this.on('error', () => undefined);
    // oxlint-disable-next-line typescript/unbound-method -- the proxy calls it on this client
    this.query = new Proxy(this.query, {
      apply: (query, _self, given) => this.watched(Reflect.apply(query, this, given)),
    });
  }

  private watched(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      if (error instanceof Error && error.message === 'Query read timeout') this.giveUp();
      throw error;
    });
  }

  private giveUp(): void {
    // Only a reset discards the sent bytes. A Unix socket has no reset, and no network that can heal.
    if (this.socket instanceof Socket && !this.host.startsWith('/')) this.socket.resetAndDestroy();
    // The pool drops the client at once, not only after the socket has closed.
    void this.end();
  }
}
