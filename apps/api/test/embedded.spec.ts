import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../src/database/embedded/embedded.js';
import type { Engine } from '../src/database/engine.js';
import type { Schema } from '../src/database/schema.js';

describe(openEmbedded, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEmbedded('memory');
    await engine.run((db) => sql`create table counters (name text primary key, count integer not null)`.execute(db));
  });
  afterAll(() => engine.close());

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const add = (db: Kysely<Schema>, name: string) =>
    sql`insert into counters values (${name}, 1) on conflict (name) do update set count = counters.count + 1`.execute(
      db,
    );
  const readCount = async (db: Kysely<Schema>, name: string): Promise<number | undefined> => {
    const { rows } = await sql<{ count: number }>`select count from counters where name = ${name}`.execute(db);
    return rows[0]?.count;
  };
  const countOf = (name: string) => engine.run((db) => readCount(db, name));

  it('serialises concurrent transactions and statements', async () => {
    await engine.run((db) => sql`insert into counters values ('both', 0)`.execute(db));
    const transactions = Array.from({ length: 20 }, () =>
      engine.transaction(async (trx) => {
        const count = (await readCount(trx, 'both')) ?? 0;
        // A statement in between would be overwritten.
        await turn();
        await sql`update counters set count = ${count + 1} where name = 'both'`.execute(trx);
      }),
    );
    const statements = Array.from({ length: 10 }, () => engine.run((db) => add(db, 'both')));
    await Promise.all([...transactions, ...statements]);
    expect(await countOf('both')).toBe(30);
  });

  it('rolls back the statements of a failed transaction only', async () => {
    const inside = Promise.withResolvers<void>();
    const failing = engine.transaction(async (trx) => {
      await add(trx, 'inside');
      inside.resolve();
      await turn();
      throw new Error('a failure of the test');
    });
    await inside.promise;
    const beside = engine.run((db) => add(db, 'beside'));
    await expect(failing).rejects.toThrow('a failure of the test');
    await beside;
    expect([await countOf('inside'), await countOf('beside')]).toEqual([undefined, 1]);
  });

  it('runs statements after a failed one', async () => {
    await expect(engine.run((db) => sql`select * from nowhere`.execute(db))).rejects.toThrow('nowhere');
    expect(await countOf('beside')).toBe(1);
  });
});
