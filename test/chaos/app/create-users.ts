import { inject } from 'vitest';
import { openPostgres } from '../../../apps/api/src/database/postgres/postgres.js';
import { ROWS } from '../../consistency/processes/worker/rows.js';
import { createDatabase } from '../../support/postgres-server.js';
import { emailOf, idOf, nameOf } from './users.js';

/** Creates a database with the tables of the application and with users, and returns its URL. */
export async function createUsers(): Promise<string> {
  const url = await createDatabase(inject('postgresUrl'));
  const engine = openPostgres(url);
  try {
    await engine.migrate();
    const keys = Array.from({ length: ROWS }, (_, key) => key);
    const users = keys.map((key) => ({ id: idOf(key), name: nameOf(key, 1), email: emailOf(key) }));
    await engine.run((db) => db.insertInto('users').values(users).execute());
    return url;
  } finally {
    await engine.close();
  }
}
