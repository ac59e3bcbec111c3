import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely';
import { vi } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import type { RunningApi } from './running-api.js';

/** Returns the text of the plan (EXPLAIN) of each statement that the API runs during `act`. */
export async function plansOf({ app }: RunningApi, act: () => Promise<unknown>): Promise<string[]> {
  const database = app.get(Database);
  const run = database.run.bind(database);
  const plans: string[] = [];
  const spy = vi.spyOn(database, 'run').mockImplementation((statement) =>
    run(async (db) => {
      const executed: RootOperationNode[] = [];
      const result = await statement(db.withPlugin(recording(executed)));
      for (const node of executed) {
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

/** Records executed statements. Kysely also transforms parts of a statement, but only a whole statement has a result. */
function recording(executed: RootOperationNode[]): KyselyPlugin {
  const nodes = new WeakMap<object, RootOperationNode>();
  return {
    transformQuery: ({ queryId, node }) => {
      nodes.set(queryId, node);
      return node;
    },
    transformResult: async ({ queryId, result }) => {
      const node = nodes.get(queryId);
      if (node) executed.push(node);
      return result;
    },
  };
}
