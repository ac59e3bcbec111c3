import { quoted } from '../migration/identifiers.js';
import type { SqlClient } from '../sql-client.js';

/** A moment in the history of the database: its snapshot shows every transaction that was committed before. */
export interface Position {
  readonly snapshot: string;
  /** The time of day on the clock of the database, in milliseconds. */
  readonly at: number;
}

/** What one statement has changed. */
export interface Change {
  readonly xid: string;
  readonly id: string;
  /** The token of the write, if it went through a cache. */
  readonly token: string | null;
  /** The texts of the keys, by cache; `null` for a cache of which every entry may be affected. */
  readonly keys: Readonly<Record<string, readonly (string | null)[] | null>>;
  readonly tags: readonly (string | null)[];
  readonly age_ms: number;
}

export interface Page {
  readonly position: Position;
  readonly changes: readonly Change[];
}

/** Changes per statement. */
export const PAGE = 2_000;
const PORTION = 5_000;
/** Of all instances, one at a time deletes old changes. */
const RETENTION_LOCK = '7309453671105413217';

/** The outbox in the database. */
export class OutboxTable {
  readonly #name: string;

  constructor(
    private readonly client: SqlClient,
    schema: string,
  ) {
    this.#name = `${quoted(schema)}.cache_outbox`;
  }

  /** Returns the present position. */
  async now(): Promise<Position> {
    return positionOf(await this.#one(`SELECT ${POSITION}`, []));
  }

  /**
   * Returns the changes that are visible now and were not at `from`, nor at the later `to`, in pages: pass the last change of a page
   * to get the next one.
   *
   * Ids are given before the commit, so a change with a lower id may become visible after one with a higher id. The snapshot of the
   * same statement is exact: a change is new if the former snapshot did not show its transaction.
   */
  async read(from: Position, to: Position, after?: Pick<Change, 'xid' | 'id'>): Promise<Page> {
    const row = await this.#one(
      `SELECT ${POSITION}, (
        SELECT coalesce(json_agg(change), '[]')::text FROM (
          SELECT o.xid::text, o.id::text, o.token, o.keys, to_json(o.tags) AS tags,
            (extract(epoch FROM clock_timestamp() - o.at) * 1000)::bigint AS age_ms
          FROM ${this.#name} AS o
          WHERE o.xid >= least(pg_snapshot_xmin($1::pg_snapshot), pg_snapshot_xmin($2::pg_snapshot))
            AND NOT (pg_visible_in_snapshot(o.xid, $1::pg_snapshot) AND pg_visible_in_snapshot(o.xid, $2::pg_snapshot))
            AND (o.xid, o.id) > ($3::xid8, $4::bigint)
          ORDER BY o.xid, o.id LIMIT ${PAGE}
        ) AS change) AS changes`,
      [from.snapshot, to.snapshot, after?.xid ?? '0', after?.id ?? '0'],
    );
    // The rows have this form: the table and the statement are ours.
    const changes: readonly Change[] = JSON.parse(row['changes'] ?? '[]');
    return { position: positionOf(row), changes };
  }

  /** Deletes at most 5,000 of the changes that were visible at `seen`. Returns how many; 0 while another instance deletes some. */
  async delete(seen: Position): Promise<number> {
    const row = await this.#one(
      `WITH lock AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${RETENTION_LOCK}) AS held),
      old AS (
        SELECT xid, id FROM ${this.#name}
        WHERE (SELECT held FROM lock) AND xid < pg_snapshot_xmax($1::pg_snapshot) AND pg_visible_in_snapshot(xid, $1::pg_snapshot)
        ORDER BY xid, id LIMIT ${PORTION}
      ),
      deleted AS (DELETE FROM ${this.#name} AS outbox USING old WHERE outbox.xid = old.xid AND outbox.id = old.id RETURNING 1)
      SELECT count(*)::text AS deleted FROM deleted`,
      [seen.snapshot],
    );
    return Number(row['deleted']);
  }

  async #one(text: string, params: string[]): Promise<Readonly<Record<string, string>>> {
    const { rows } = await this.client.query(text, params);
    const [row] = rows;
    if (typeof row !== 'object' || row === null) throw new Error('The client of the outbox returned no row.');
    // All columns are texts, so that no type parser of the driver changes them.
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
  }
}

const POSITION = `pg_current_snapshot()::text AS snapshot, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at`;

function positionOf(row: Readonly<Record<string, string>>): Position {
  return { snapshot: row['snapshot'] ?? '', at: Number(row['at']) };
}

const CHECKPOINT = /^(\d+) (\d+:\d+:[\d,]*)$/;

/** Returns a position as a text for the store. */
export function checkpointOf({ snapshot, at }: Position): string {
  return `${at} ${snapshot}`;
}

/** Returns the position of a checkpoint; `undefined` for a text of another program. */
export function positionAt(checkpoint: string): Position | undefined {
  const [, at, snapshot] = CHECKPOINT.exec(checkpoint) ?? [];
  return snapshot === undefined ? undefined : { snapshot, at: Number(at) };
}

/** Whether a position has transactions that the database did not have at another one: it was restored, or is another database. */
export function isAhead(position: Position, of: Position): boolean {
  return endOf(position) > endOf(of);
}

function endOf({ snapshot }: Position): bigint {
  const [, xmax = '0'] = snapshot.split(':');
  return BigInt(xmax);
}

/** Returns how many transactions began after the oldest one that still ran at this moment. Each poll reads their changes again. */
export function transactionsHeld(position: Position): number {
  const [xmin = '0'] = position.snapshot.split(':');
  return Number(endOf(position) - BigInt(xmin));
}
