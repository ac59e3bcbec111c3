import { type KyselyPlugin, PostgresQueryCompiler, type RootOperationNode } from 'kysely';
import type { InvalidationWatcher } from './watch/invalidation-watcher.js';

export { InvalidationWatcher, type WatcherOptions } from './watch/invalidation-watcher.js';

/**
 * Returns a plugin of Kysely that gives each executed statement to a watcher.
 *
 * @example
 * const watcher = new InvalidationWatcher({ caches: { userById, userByEmail } });
 * const db = new Kysely<Schema>({ dialect, plugins: [watching(watcher)] });
 * afterEach(() => watcher.check());
 */
export function watching(watcher: Pick<InvalidationWatcher, 'executed'>): KyselyPlugin {
  const compiler = new PostgresQueryCompiler();
  const nodes = new WeakMap<object, RootOperationNode>();
  return {
    transformQuery: ({ queryId, node }) => {
      nodes.set(queryId, node);
      return node;
    },
    transformResult: async ({ queryId, result }) => {
      const node = nodes.get(queryId);
      if (!node) return result;
      const { sql, parameters } = compiler.compileQuery(node, queryId);
      const affected = result.numAffectedRows === undefined ? undefined : Number(result.numAffectedRows);
      watcher.executed({ sql, parameters, affected, rows: result.rows.filter(isObject) });
      return result;
    },
  };
}

function isObject(row: unknown): row is object {
  return typeof row === 'object' && row !== null;
}
