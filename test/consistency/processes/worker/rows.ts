import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { SqlClient } from '../../../../libs/cache/src/outbox/sql-client.js';
import { passWriteToken } from '../../../../libs/cache/src/outbox/write-token.js';

export interface Row {
  readonly id: number;
  readonly version: number;
}

/** An error of the origin. */
export class OriginError extends Error {
  override readonly name: string = 'OriginError';
}

/** The origin refused a write and changed nothing. */
export class OriginRefusal extends OriginError {
  override readonly name = 'OriginRefusal';
  readonly status = 409;
}

export const ROWS = 16;
export const LISTS = 4;
/** Rows for tests of one key, which the workload does not use. */
export const SPARE_ROWS = [100, 101, 102, 103] as const;

export const listOf = (id: number): number => id % LISTS;
export const idsOf = (list: number): number[] =>
  Array.from({ length: ROWS }, (_, id) => id).filter((id) => listOf(id) === list);

/** The origin as one process uses it. It is sometimes slow, so that its rows may be outdated when they arrive. */
export class Rows {
  readonly #pool: pg.Pool;
  calls = 0;
  longestMs = 0;
  /** How long the slowest loads take, in milliseconds. */
  slowestMs = 0;
  /** The share of calls that fail, from 0 to 1. */
  failing = 0;

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
    await sometimes(5);
    if (Math.random() < this.failing) throw new OriginRefusal();
    const change = `UPDATE row SET version = version + 1 WHERE id = $1 RETURNING id, version, ${passWriteToken()}`;
    const { rows } = await this.#pool.query<Row>(change, [id]);
    // The change is committed, and the cache is not invalidated yet.
    await sometimes(5);
    const [row] = rows;
    if (!row) throw new Error(`There is no row ${id}.`);
    return { id: row.id, version: row.version };
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #load(query: string, values: readonly unknown[]): Promise<readonly Row[]> {
    this.calls += 1;
    const startedAt = performance.now();
    const { rows } = await this.#pool.query<Row>(query, [...values]);
    await sometimes(this.slowestMs);
    // A load fails after its query, when it has taken time and holds a lease.
    if (Math.random() < this.failing) throw new OriginError();
    this.longestMs = Math.max(this.longestMs, performance.now() - startedAt);
    return rows;
  }
}

/** Waits in one case of five, for up to `ms` milliseconds. */
async function sometimes(ms: number): Promise<void> {
  if (Math.random() < 0.2) await pause(Math.random() * ms);
}
