import { quoted } from '../outbox/migration/identifiers.js';
import type { SqlClient } from '../outbox/sql-client.js';

/** How long an instance purges alone after its last sign of life. */
const LEASE_MS = 2_000;

/** The row that says which instance purges, and up to which change the CDN has acknowledged. It is in the database of the changes. */
export class EdgeCursor {
  readonly #table: string;

  constructor(
    private readonly client: SqlClient,
    schema: string,
    private readonly namespace: string,
    /** Identifies this process. */
    private readonly holder: string,
  ) {
    this.#table = `${quoted(schema)}.cache_edge`;
  }

  /**
   * Takes or extends the lease, and stores `position`, if there is one. Returns the stored position, which is `undefined` before the
   * first; `'other'` while another instance has the lease.
   */
  async hold(position: string | undefined): Promise<{ readonly position: string | undefined } | 'other'> {
    const { rows } = await this.client.query(
      `INSERT INTO ${this.#table} AS cursor (namespace, holder, held_until, position)
      VALUES ($1, $2, clock_timestamp() + interval '${LEASE_MS} milliseconds', nullif($3, ''))
      ON CONFLICT (namespace) DO UPDATE SET
        holder = excluded.holder,
        held_until = excluded.held_until,
        position = coalesce(excluded.position, cursor.position)
      WHERE cursor.holder = excluded.holder OR cursor.held_until < clock_timestamp()
      RETURNING position`,
      [this.namespace, this.holder, position ?? ''],
    );
    const [row] = rows;
    if (typeof row !== 'object' || row === null) return 'other';
    const stored: unknown = Reflect.get(row, 'position');
    return { position: typeof stored === 'string' ? stored : undefined };
  }

  /** Gives the lease to the next instance that asks for it. */
  async release(): Promise<void> {
    await this.client.query(
      `UPDATE ${this.#table} SET held_until = clock_timestamp() WHERE namespace = $1 AND holder = $2`,
      [this.namespace, this.holder],
    );
  }
}
