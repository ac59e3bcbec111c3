import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely';
import { vi } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import type { RunningApi } from './running-api.js';

/** How the database carries out what the API asks it while `act` runs: the text of each plan (EXPLAIN). */
export async function plansOf({ app }: RunningApi, act: () => Promise<unknown>): Promise<string[]> {
  const database = app.get(Database);
  const run = database.run.bind(database);
  const plans: string[] = [];
  const spy = vi.spyOn(database, 'run').mockImplementation((statement) =>
    run(async (db) => {
      const asked: RootOperationNode[] = [];
      const result = await statement(db.withPlugin(noting(asked)));
      for (const node of asked) {
        const { sql, parameters } = db.getExecutor().compileQuery(node, { queryId: 'explained' });
        const { rows } = await db.executeQuery<object>(CompiledQuery.raw(`explain ${sql}`, [...parameters]));
        plans.push(rows.map((row) => Object.values(row).join()).join('\n'));
      }
      return result;
    }),
  );
  await act().finally(() => spy.mockRestore());
  return plans;
}

/** Notes what was executed. Parts of a statement are transformed as well, but have no result of their own. */
function noting(asked: RootOperationNode[]): KyselyPlugin {
  const nodes = new WeakMap<object, RootOperationNode>();
  return {
    transformQuery: ({ queryId, node }) => {
      nodes.set(queryId, node);
      return node;
    },
    transformResult: async ({ queryId, result }) => {
      const node = nodes.get(queryId);
      if (node) asked.push(node);
      return result;
    },
  };
}
