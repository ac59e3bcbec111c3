import { Logger } from '@nestjs/common';
import { Kysely } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import type { ConnectionCounts } from '../engine.js';
import type { Schema } from '../schema.js';
import { PoolerDialect } from './pooler-dialect.js';
import { PostgresClient } from './postgres-client.js';
import { formats, setForSession } from './session-settings.js';

const logger = new Logger('PostgreSQL');

/** The limits of a pool; 0 means no limit. */
export interface Limits {
  readonly connections: number;
  readonly connectMs: number;
  /** The server ends a longer statement. */
  readonly statementMs: number;
  /** The client gives up a later answer: for a frozen server and for a dead network. */
  readonly answerMs: number;
  readonly lifeSeconds: number;
}

/** A pool. All pools of the API connect in the same way, so that its probe finds what a request finds. */
export class Connections {
  readonly db: Kysely<Schema>;
  private readonly pool: Pool;
  private readonly settings;
  private pooled = false;
  private renewedAt = -Infinity;

  constructor(url: string, { connections, connectMs, statementMs, answerMs, lifeSeconds }: Limits) {
    this.settings = {
      ...formats,
      statement_timeout: `${statementMs}`,
      idle_in_transaction_session_timeout: '30000',
    };
    this.pool = new Pool({
      connectionString: url,
      application_name: 'nuthatch',
      keepAlive: true,
      Client: PostgresClient,
      max: connections,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      maxLifetimeSeconds: lifeSeconds,
    });
    // Without a listener, the event would end the process.
    this.pool.on('error', (error) => logger.warn(`An idle connection broke: ${error.message}`));
    this.db = new Kysely({
      dialect: new PoolerDialect({
        pool: { options: this.pool.options, connect: () => this.connect(), end: () => this.pool.end() },
        settings: this.settings,
        pooled: () => this.pooled,
      }),
    });
  }

  /** Runs statements over one connection: as one transaction behind a pooler, where no setting lasts longer. */
  run<T>(statements: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.db.connection().execute((db) => (this.pooled ? db.transaction().execute(statements) : statements(db)));
  }

  /** The connections at this moment. */
  get counts(): ConnectionCounts {
    const { totalCount, idleCount, waitingCount, options } = this.pool;
    const { pooled } = this;
    return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount, most: options.max, pooled };
  }

  /** Makes new connections for later statements. The present ones leave the pool when their turn comes. */
  renew(): void {
    this.renewedAt = performance.now();
  }

  /** Kysely would not end a pool without a statement. */
  close(): Promise<void> {
    return this.pool.end();
  }

  private async connect(): Promise<PoolClient> {
    const client = await this.pool.connect();
    if (!(client instanceof PostgresClient)) return client;
    if (client.createdAt < this.renewedAt) {
      client.release(true);
      return this.connect();
    }
    if (!client.settled) await this.settle(client);
    return client;
  }

  private async settle(client: PoolClient & PostgresClient): Promise<void> {
    try {
      this.pooled = !(await setForSession(client, this.settings));
      client.settled = true;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}
