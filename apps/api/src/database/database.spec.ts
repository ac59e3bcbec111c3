import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Database } from './database.js';
import type { Schema } from './schema.js';

async function givenDatabase(): Promise<Database> {
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const [ping, migrate, close] = [async () => {}, async () => {}, async () => {}];
  const database = new Database(() => ({ name: 'none', db, ping, migrate, close }));
  await database.onModuleInit();
  return database;
}

const failed = (code: string) => Object.assign(new Error(code), { code });
const deadlock = '40P01';

afterEach(() => vi.useRealTimers());

describe(Database.name, () => {
  it('runs a statement again once after a deadlock', async () => {
    const database = await givenDatabase();
    const statement = vi.fn(async () => 'done').mockRejectedValueOnce(failed(deadlock));
    expect(await database.run(statement)).toBe('done');
    expect(statement).toHaveBeenCalledTimes(2);
    const never = vi.fn(() => Promise.reject(failed(deadlock)));
    await expect(database.run(never)).rejects.toMatchObject({ code: deadlock });
    expect(never).toHaveBeenCalledTimes(2);
  });

  it('rolls back a transaction that takes half the life of an intent', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const database = await givenDatabase();
    const work = (ms: number) => database.transaction(async () => vi.advanceTimersByTime(ms));
    await expect(work(3_999)).resolves.toBeDefined();
    await expect(work(4_001)).rejects.toMatchObject({
      code: 'origin-unavailable',
      cause: { message: 'A transaction took more than 4000 ms and was rolled back.' },
    });
  });

  it.each(['23505', '08006', '40001'])('does not repeat a statement that failed with %s', async (code) => {
    const database = await givenDatabase();
    const statement = vi.fn(() => Promise.reject(failed(code)));
    await expect(database.run(statement)).rejects.toBeInstanceOf(Error);
    expect(statement).toHaveBeenCalledTimes(1);
  });
});
