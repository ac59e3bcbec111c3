import { Logger } from '@nestjs/common';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database } from './database.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';
import { TransactionConflict } from './transaction-conflict.js';

async function givenDatabase() {
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const engine: Engine = {
    name: 'none',
    run: (statements) => statements(db),
    transaction: (statements) => db.transaction().execute(statements),
    ping: async () => ({ readOnly: false }),
    renewConnections: vi.fn<() => void>(),
    missingMigrations: async () => [],
    migrate: async () => [],
    close: async () => {},
  };
  const database = new Database(() => engine, { migrate: true });
  await database.onModuleInit();
  return { database, engine, db };
}

const failed = (code: string) => Object.assign(new Error(code), { code });

describe(Database.name, () => {
  const log = vi.spyOn(Logger.prototype, 'log');
  const warn = vi.spyOn(Logger.prototype, 'warn');

  beforeEach(() => {
    log.mockImplementation(() => undefined);
    warn.mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.clearAllMocks();
  });
  afterAll(() => void vi.restoreAllMocks());

  it.each(['40001', '40P01'])('runs a statement again that was rolled back with %s', async (code) => {
    const { database } = await givenDatabase();
    const statement = vi
      .fn(async () => 'done')
      .mockRejectedValueOnce(failed(code))
      .mockRejectedValueOnce(failed(code));
    expect(await database.write(statement)).toBe('done');
    expect(statement).toHaveBeenCalledTimes(3);
  });

  it('runs a statement at most ten times, and then reports a conflict', async () => {
    const { database } = await givenDatabase();
    const statement = vi.fn(() => Promise.reject(failed('40001')));
    const conflict = { code: 'overloaded', status: 503, headers: { 'retry-after': '1' }, cause: { code: '40001' } };
    await expect(database.write(statement)).rejects.toMatchObject(conflict);
    expect(statement).toHaveBeenCalledTimes(10);
  });

  it('does not run a statement again after two seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { database } = await givenDatabase();
    const statement = vi.fn(async () => {
      vi.advanceTimersByTime(1_001);
      throw failed('40P01');
    });
    await expect(database.write(statement)).rejects.toBeInstanceOf(TransactionConflict);
    expect(statement).toHaveBeenCalledTimes(2);
  });

  it.each(['23505', '08006', '40003'])('does not repeat a statement that failed with %s', async (code) => {
    const { database } = await givenDatabase();
    const statement = vi.fn(() => Promise.reject(failed(code)));
    await expect(database.write(statement)).rejects.toBeInstanceOf(Error);
    expect(statement).toHaveBeenCalledTimes(1);
  });

  it('rolls back a transaction that takes half the life of an intent', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { database, engine, db } = await givenDatabase();
    const work = async (ms: number) => vi.advanceTimersByTime(ms);
    const late = {
      code: 'origin-unavailable',
      cause: { message: 'A transaction took more than 4000 ms and was rolled back.' },
    };
    await expect(database.transaction(() => work(3_999))).resolves.toBeDefined();
    await expect(database.transaction(() => work(4_001))).rejects.toMatchObject(late);
    await expect(database.write(() => work(4_001))).resolves.toBeDefined();
    // Behind a pooler, single statements run as a transaction too.
    engine.run = (statements) => db.transaction().execute(statements);
    await expect(database.write(() => work(4_001))).rejects.toMatchObject(late);
  });

  it.each(['25006', '28000', '42501', '57P01', '08006'])('makes new connections after %s', async (code) => {
    const { database, engine } = await givenDatabase();
    await expect(database.write(() => Promise.reject(failed(code)))).rejects.toMatchObject({ status: 503 });
    expect(engine.renewConnections).toHaveBeenCalledTimes(1);
  });

  it('logs that it is down once, and that it is ready again', async () => {
    const { database, engine } = await givenDatabase();
    log.mockClear();
    const { ping } = engine;
    engine.ping = () => Promise.reject(failed('ECONNREFUSED'));
    for (const _ of [1, 2]) await expect(database.ping()).rejects.toThrow('ECONNREFUSED');
    engine.ping = async () => ({ readOnly: true });
    for (const _ of [1, 2]) await database.ping();
    expect(database.readOnly).toBe(true);
    engine.ping = ping;
    for (const _ of [1, 2]) await database.ping();
    expect(database.readOnly).toBe(false);
    expect(warn.mock.calls).toEqual([['none is down. ECONNREFUSED'], ['none refuses writes.']]);
    expect(log.mock.calls).toEqual([['none is ready.']]);
  });

  it.each(['23505', '22003', '42601', '57014', '40001'])('keeps its connections after %s', async (code) => {
    const { database, engine } = await givenDatabase();
    await expect(database.write(() => Promise.reject(failed(code)))).rejects.toBeInstanceOf(Error);
    expect(engine.renewConnections).not.toHaveBeenCalled();
  });
});
