import { type Kysely, sql } from 'kysely';

const instant = '2001-02-03T04:05:06.007Z';

/**
 * Asks for a time whose value is known, and whether the database refuses writes.
 *
 * @throws Error when the driver cannot read the time: with another `DateStyle`, the answer to a write would fail after its commit.
 */
export async function checkAnswers<S>(db: Kysely<S>): Promise<{ readOnly: boolean }> {
  const { rows } = await sql<{ time: Date | null; readOnly: boolean }>`
    select ${sql.lit(instant)}::timestamptz as "time", current_setting('transaction_read_only') = 'on' as "readOnly"`.execute(
    db,
  );
  const [row] = rows;
  if (row?.time?.getTime?.() !== Date.parse(instant))
    throw new Error('The driver cannot read the times of this database. Its DateStyle must be ISO.');
  return { readOnly: row.readOnly };
}
