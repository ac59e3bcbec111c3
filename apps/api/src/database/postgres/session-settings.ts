import { CompiledQuery } from 'kysely';
import type { QueryConfig } from 'pg';
import type { PostgresClient } from './postgres-client.js';

/** Settings of PostgreSQL by name. */
export type SessionSettings = Readonly<Record<string, string>>;

/** The formats that the driver reads. The database, the role or the operator may have chosen others. */
export const formats: SessionSettings = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
};

/** A start-up packet with settings would be refused by PgBouncer, so a statement makes them. */
const setConfig = (local: boolean) =>
  `select set_config(name, value, ${local}) from unnest($1::text[], $2::text[]) as setting (name, value)`;
const setMs = 1_000;

/**
 * Makes the settings for the life of the connection, and returns `true`. Behind a pooler it makes none and returns `false`: the next
 * transaction may run over another connection of the pooler, and this one may serve another client.
 */
export async function setForSession(client: PostgresClient, settings: SessionSettings): Promise<boolean> {
  // A pooler gives its clients process ids of its own.
  const text = `${setConfig(false)} where pg_backend_pid() = $3`;
  const config: TimedQuery = { text, values: [...bound(settings), client.processID], query_timeout: setMs };
  const { rows } = await client.query(config);
  return rows.length > 0;
}

/** The time limit of one statement. Not in the types of pg. */
interface TimedQuery extends QueryConfig<unknown[]> {
  readonly query_timeout: number;
}

/** Returns the statement that makes the settings until the end of a transaction. */
export function setForTransaction(settings: SessionSettings): CompiledQuery {
  return CompiledQuery.raw(setConfig(true), bound(settings));
}

function bound(settings: SessionSettings): string[][] {
  return [Object.keys(settings), Object.values(settings)];
}
