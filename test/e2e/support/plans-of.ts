import { watching } from '@nuthatch/cache/testing/kysely';
import { CompiledQuery } from 'kysely';
import { vi } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import type { RunningApi } from './running-api.js';

/** Returns the text of the plan (EXPLAIN) of each statement with which the API reads during `act`. */
export async function plansOf({ app }: RunningApi, act: () => Promise<unknown>): Promise<string[]> {
  const database = app.get(Database);
  const read = database.read.bind(database);
  const plans: string[] = [];
  const spy = vi.spyOn(database, 'read').mockImplementation((statement) =>
    read(async (db) => {
      const explanations: CompiledQuery<object>[] = [];
      const recording = watching({
        executed: ({ sql, parameters }) => void explanations.push(CompiledQuery.raw(`explain ${sql}`, [...parameters])),
      });
      const result = await statement(db.withPlugin(recording));
      for (const explanation of explanations) {
        const { rows } = await db.executeQuery(explanation);
        plans.push(rows.map((row) => Object.values(row).join()).join('\n'));
      }
      return result;
    }),
  );
  await act().finally(() => spy.mockRestore());
  return plans;
}
