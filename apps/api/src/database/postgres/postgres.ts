import { Logger } from '@nestjs/common';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, type PoolConfig } from 'pg';
import type { Engine } from '../engine.js';
import { migrate } from '../migrations/migrate.js';
import { PostgresClient } from './postgres-client.js';
import type { Schema } from '../schema.js';

const logger = new Logger('PostgreSQL');

/** The time limit for a connection. The limits of statements below add a second for the network. */
const connectMs = 2_000;
/** Short enough that a statement which starts at the last moment still ends within the life of an intent. */
const statementMs = 4_000;
/** The time limit of a probe, for its connection and for its answer. */
const pingMs = 1_000;

/** Returns an engine that connects with its first statement, because PostgreSQL may be down while the process starts. */
export function openPostgres(url: string): Engine {
  const connection: PoolConfig = {
    connectionString: url,
    application_name: 'nuthatch',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    Client: PostgresClient,
  };
  const pool = listened(
    new Pool({
      ...connection,
      max: 10,
      statement_timeout: statementMs,
      // The server enforces the limit above. This limit is for a frozen server and for a dead network.
      query_timeout: statementMs + 1_000,
      idle_in_transaction_session_timeout: 30_000,
    }),
  );
  // A pool for probes, because an exhausted pool of requests does not mean that the database is down.
  const probe = listened(new Pool({ ...connection, max: 1, connectionTimeoutMillis: pingMs, query_timeout: pingMs }));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    name: 'PostgreSQL',
    db,
    ping: async () => void (await probe.query('select 1')),
    migrate: async () => {
      const patient = new Kysely<unknown>({
        dialect: new PostgresDialect({ pool: listened(new Pool({ ...connection, max: 1 })) }),
      });
      try {
        await migrate(patient);
      } finally {
        await patient.destroy();
      }
    },
    // Kysely would not end a pool without a statement.
    close: async () => void (await Promise.all([pool.end(), probe.end()])),
  };
}

/** Logs a broken idle connection. Without a listener, its event would end the process. */
function listened(pool: Pool): Pool {
  return pool.on('error', (error) => logger.warn(`An idle connection broke: ${error.message}`));
}
