import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface Row {
  readonly id: number;
  readonly version: number;
}

/** The origin failed. */
export class OriginError extends Error {
  override readonly name: string = 'OriginError';
}

/** The origin refused a write: nothing was changed. */
export class OriginRefusal extends OriginError {
  override readonly name = 'OriginRefusal';
  readonly status = 409;
}

export const ROWS = 16;
const LISTS = 4;
/** Row of its own for tests of one key: the workload leaves it alone. */
export const SPARE_ROWS = [100, 101, 102, 103] as const;

export const listOf = (id: number): number => id % LISTS;
export const idsOf = (list: number): number[] =>
  Array.from({ length: ROWS }, (_, id) => id).filter((id) => listOf(id) === list);

/** The table that everything is about. Its versions come from the row's own lock: unique and ordered. */
export async function createRows(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE row (id int PRIMARY KEY, list int NOT NULL, version int NOT NULL DEFAULT 1)');
    await client.query('INSERT INTO row SELECT id, id % $1 FROM generate_series(0, $2 - 1) AS id', [LISTS, ROWS]);
    await client.query('INSERT INTO row SELECT id, -1 FROM unnest($1::int[]) AS id', [SPARE_ROWS]);
  } finally {
    await client.end();
  }
}

/** The origin, as one process sees it; slow now and then, so that what it answered is old when it arrives. */
export class Rows {
  readonly #pool: pg.Pool;
  calls = 0;
  longestMs = 0;
  /** How long the slowest loads take, in milliseconds. */
  slowestMs = 0;
  /** How many of the calls fail, from 0 to 1. */
  failing = 0;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
    this.#pool.on('error', () => {});
  }

  async find(id: number): Promise<Row> {
    const [row] = await this.#load('SELECT id, version FROM row WHERE id = $1', [id]);
    if (!row) throw new Error(`There is no row ${id}.`);
    return row;
  }

  findMany(ids: readonly number[]): Promise<readonly Row[]> {
    return this.#load('SELECT id, version FROM row WHERE id = ANY($1)', [ids]);
  }

  list(list: number): Promise<readonly Row[]> {
    return this.#load('SELECT id, version FROM row WHERE list = $1 ORDER BY id', [list]);
  }

  /** One statement that commits by itself. */
  async change(id: number): Promise<Row> {
    await sometimes(5);
    if (Math.random() < this.failing) throw new OriginRefusal();
    const change = 'UPDATE row SET version = version + 1 WHERE id = $1 RETURNING id, version';
    const { rows } = await this.#pool.query<Row>(change, [id]);
    // Committed, and not invalidated yet.
    await sometimes(5);
    const [row] = rows;
    if (!row) throw new Error(`There is no row ${id}.`);
    return row;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #load(query: string, values: readonly unknown[]): Promise<readonly Row[]> {
    this.calls += 1;
    const startedAt = performance.now();
    const { rows } = await this.#pool.query<Row>(query, [...values]);
    await sometimes(this.slowestMs);
    // After it was asked: a load that fails has taken its time, and its lease.
    if (Math.random() < this.failing) throw new OriginError();
    this.longestMs = Math.max(this.longestMs, performance.now() - startedAt);
    return rows;
  }
}

/** One time in five, up to `ms` milliseconds. */
async function sometimes(ms: number): Promise<void> {
  if (Math.random() < 0.2) await pause(Math.random() * ms);
}
