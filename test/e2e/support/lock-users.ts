import { Client } from 'pg';

/** The statements of other connections that the lock lets through. */
type Left = 'nothing' | 'reads';

const modes: Record<Left, string> = { nothing: 'access exclusive', reads: 'exclusive' };

export interface UsersLock {
  /** Returns the number of statements that wait for the lock. */
  waiting(): Promise<number>;
  /** Runs a statement in the transaction of the lock. */
  run(statement: string, values: readonly string[]): Promise<void>;
  /** Commits the transaction, which releases the lock. */
  release(): Promise<void>;
}

/** Locks the users table of a real PostgreSQL, so that a test decides when other statements run. */
export async function lockUsers(databaseUrl: string, left: Left): Promise<UsersLock> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query(`lock table users in ${modes[left]} mode`);
  return {
    waiting: async () => {
      const { rows } = await client.query<{ waiting: number }>(
        `select count(*)::integer as waiting from pg_locks where relation = 'users'::regclass and not granted`,
      );
      return rows[0]?.waiting ?? 0;
    },
    run: async (statement, values) => {
      await client.query(statement, [...values]);
    },
    release: async () => {
      await client.query('commit');
      await client.end();
    },
  };
}
