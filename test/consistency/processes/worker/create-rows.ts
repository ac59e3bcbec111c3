import pg from 'pg';
import { outboxMigration } from '../../../../libs/cache/src/outbox/migration/migration.js';
import { policies } from './policies.js';
import { LISTS, ROWS, SPARE_ROWS } from './rows.js';

/** Creates the table of rows, and its outbox if wanted. The lock of a row makes its versions unique and ordered. */
export async function createRows(databaseUrl: string, outbox = false): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE row (id int PRIMARY KEY, list int NOT NULL, version int NOT NULL DEFAULT 1)');
    await client.query('INSERT INTO row SELECT id, id % $1 FROM generate_series(0, $2 - 1) AS id', [LISTS, ROWS]);
    await client.query('INSERT INTO row SELECT id, -1 FROM unnest($1::int[]) AS id', [SPARE_ROWS]);
    if (outbox) for (const statement of outboxMigration(policies).up) await client.query(statement);
  } finally {
    await client.end();
  }
}
