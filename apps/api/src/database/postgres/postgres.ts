import { Logger } from '@nestjs/common';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, type PoolConfig } from 'pg';
import type { Engine } from '../engine.js';
import { migrate } from '../migrations/migrate.js';
import { PostgresClient } from './postgres-client.js';
import type { Schema } from '../schema.js';

const logger = new Logger('PostgreSQL');

/** A request waits at most this long for a connection, and then, with a second for the way, for its statement. */
const connectMs = 2_000;
/** One that arrives when it is nearly given up is done within an intent's life all the same. */
const statementMs = 4_000;
/** A probe does not wait as long: for the connection, then for the answer. */
const pingMs = 1_000;

/** Connects when first asked, not before: PostgreSQL may be away while the process starts. */
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
      // The server enforces the one above; this one is for a server that is frozen or behind a dead network.
      query_timeout: statementMs + 1_000,
      idle_in_transaction_session_timeout: 30_000,
    }),
  );
  // Requests that wait for the connections above do not mean that the database is away.
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
    // Not through Kysely: it leaves a pool alone that it has not used.
    close: async () => void (await Promise.all([pool.end(), probe.end()])),
  };
}

/** A connection that breaks while idle is an event, and without a listener the end of the process. */
function listened(pool: Pool): Pool {
  return pool.on('error', (error) => logger.warn(`An idle connection broke: ${error.message}`));
}
