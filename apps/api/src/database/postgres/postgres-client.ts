import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/**
 * A client of pg that neither ends the process when its connection breaks, nor leaves a statement behind that was given up.
 *
 * pg itself rejects a statement after `query_timeout` and keeps the connection: what is still on its way would be done when the
 * network heals, long after the cache has stopped to wait for the write, and whoever is given the connection next waits in vain.
 */
export class PostgresClient extends Client {
  /** Taken before TLS stands in its place, which cannot be reset. */
  private readonly socket = this.connection.stream;

  constructor(config?: string | ClientConfig) {
    super(config);
    // The pool listens to idle clients only. In one that is in use the statement fails, which is all there is to know.
    this.on('error', () => undefined);
    // oxlint-disable-next-line typescript/unbound-method -- it is called on this client
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
    // Any other end would still deliver what was written. A socket in the file system knows no reset, and has no network to heal.
    if (this.socket instanceof Socket && !this.host.startsWith('/')) this.socket.resetAndDestroy();
    // So that the pool sees at once that it is of no use, and not when the socket has closed.
    void this.end();
  }
}
