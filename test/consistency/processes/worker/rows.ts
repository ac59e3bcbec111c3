import pg from 'pg';
import type { SqlClient } from '../../../../libs/cache/src/outbox/sql-client.js';
import { passWriteToken } from '../../../../libs/cache/src/outbox/write-token.js';
import { Origin } from './origin.js';

export interface Row {
  readonly id: number;
  readonly version: number;
}

export const ROWS = 16;
export const LISTS = 4;
/** Rows for tests of one key, which the workload does not use. */
export const SPARE_ROWS = [100, 101, 102, 103] as const;

export const listOf = (id: number): number => id % LISTS;
export const idsOf = (list: number): number[] =>
  Array.from({ length: ROWS }, (_, id) => id).filter((id) => listOf(id) === list);

/** The rows of the database, as one process reads and writes them. */
export class Rows {
  readonly origin = new Origin();
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
    this.#pool.on('error', () => {});
  }

  get client(): SqlClient {
    return this.#pool;
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

  /** Changes a row with one statement, which commits at once. */
  async change(id: number): Promise<Row> {
    const change = `UPDATE row SET version = version + 1 WHERE id = $1 RETURNING id, version, ${passWriteToken()}`;
    const { rows } = await this.origin.change(() => this.#pool.query<Row>(change, [id]));
    const [row] = rows;
    if (!row) throw new Error(`There is no row ${id}.`);
    return { id: row.id, version: row.version };
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #load(query: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const { rows } = await this.origin.load(() => this.#pool.query<Row>(query, [...values]));
    return rows;
  }
}
