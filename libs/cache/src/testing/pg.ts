import type { Client, Pool, PoolClient, QueryResult } from 'pg';
import type { InvalidationWatcher } from './watch/invalidation-watcher.js';

export { InvalidationWatcher, type WatcherOptions } from './watch/invalidation-watcher.js';

/**
 * Gives each statement of a client of pg, or of every client of a pool, to a watcher.
 *
 * The trap: a query with a callback, a cursor or a stream is not seen. Await the promise of `query`.
 *
 * @example
 * const watcher = new InvalidationWatcher({ caches: { userById, userByEmail } });
 * watchQueries(watcher, pool);
 * afterEach(() => watcher.check());
 */
export function watchQueries(watcher: InvalidationWatcher, database: Client | Pool): void {
  watchQuery(watcher, database);
  if ('totalCount' in database) database.on('connect', (client) => watchQuery(watcher, client));
}

function watchQuery(watcher: InvalidationWatcher, client: Client | Pool | PoolClient): void {
  client.query = new Proxy(client.query, {
    apply: (query, self, given) => watched(watcher, given, Reflect.apply(query, self, given)),
  });
}

function watched(watcher: InvalidationWatcher, [query, values]: readonly unknown[], answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer;
  return answer.then((result: QueryResult<object>) => {
    const { sql, own } = textOf(query);
    const parameters = Array.isArray(values) ? values : own;
    // Several statements without parameters have a list of results.
    if (sql !== undefined && !Array.isArray(result))
      watcher.executed({ sql, parameters, rows: result.rows, affected: result.rowCount ?? undefined });
    else if (sql !== undefined) watcher.executed({ sql, parameters, rows: [], affected: undefined });
    return result;
  });
}

function textOf(query: unknown): { readonly sql: string | undefined; readonly own: readonly unknown[] } {
  if (typeof query === 'string') return { sql: query, own: [] };
  const { text, values }: { text?: unknown; values?: unknown } = Object(query);
  return { sql: typeof text === 'string' ? text : undefined, own: Array.isArray(values) ? values : [] };
}
