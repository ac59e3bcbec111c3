/**
 * Sends one statement to PostgreSQL: a `Pool` or a `Client` of pg, a PGlite, or an adapter of three lines for any other driver. It must
 * reach the primary. No statement depends on the session, so a pooler may be in between.
 *
 * @example
 * // Kysely
 * const client: SqlClient = { query: (text, params) => db.executeQuery(CompiledQuery.raw(text, params)) };
 */
export interface SqlClient {
  /** Runs a statement with the texts for `$1`, `$2`, … and returns its rows. */
  query(text: string, params: string[]): Promise<{ readonly rows: readonly unknown[] }>;
}
