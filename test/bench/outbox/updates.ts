import type { Pool } from 'pg';

interface Work {
  readonly table: string;
  readonly writers: number;
  readonly seconds: number;
  readonly rows: number;
}

/** Updates one random row after the other over some connections, and returns how many rows per second. */
export async function updatesPerSecond(pool: Pool, { table, writers, seconds, rows }: Work): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  const startedAt = performance.now();
  let updates = 0;
  const write = async (): Promise<void> => {
    const client = await pool.connect();
    // A named statement is parsed once per connection.
    const statement = { name: table, text: `UPDATE ${table} SET version = version + 1 WHERE id = $1` };
    while (performance.now() < end) {
      await client.query({ ...statement, values: [1 + Math.floor(Math.random() * rows)] });
      updates += 1;
    }
    client.release();
  };
  await Promise.all(Array.from({ length: writers }, write));
  return updates / ((performance.now() - startedAt) / 1_000);
}
