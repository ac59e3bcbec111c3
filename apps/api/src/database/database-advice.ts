import type { Advice } from '@nuthatch/admin';
import type { Database } from './database.js';

/** Returns what the doctor advises about the connections to PostgreSQL. */
export function databaseAdvice({ connections }: Pick<Database, 'connections'>): readonly Advice[] {
  if (!connections?.pooled) return [];
  return [
    {
      level: 'note',
      about: 'PostgreSQL',
      finding: 'A pooler such as PgBouncer is in front of PostgreSQL: each statement takes 4 round trips instead of 1.',
      fix: `Connect directly if PostgreSQL accepts ${connections.most + 1} connections of each instance. Otherwise keep pool_mode session or transaction: docs/operations/README.md.`,
    },
  ];
}
