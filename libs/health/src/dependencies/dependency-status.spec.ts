import { describe, expect, it } from 'vitest';
import { healthReport } from '../probes/health-report.js';
import { dependencyStatuses } from './dependency-status.js';

describe(dependencyStatuses, () => {
  it.each([
    { databaseUp: true, redis: 'up', cacheRequired: false, database: 'up', status: 'up', sum: 'ok' },
    { databaseUp: true, redis: 'none', cacheRequired: false, database: 'up', status: 'up', sum: 'ok' },
    { databaseUp: true, redis: 'down', cacheRequired: false, database: 'up', status: 'degraded', sum: 'degraded' },
    { databaseUp: false, redis: 'up', cacheRequired: false, database: 'degraded', status: 'up', sum: 'degraded' },
    { databaseUp: false, redis: 'down', cacheRequired: false, database: 'down', status: 'down', sum: 'error' },
    { databaseUp: false, redis: 'none', cacheRequired: false, database: 'down', status: 'up', sum: 'error' },
    { databaseUp: true, redis: 'up', cacheRequired: true, database: 'up', status: 'up', sum: 'ok' },
    { databaseUp: true, redis: 'none', cacheRequired: true, database: 'up', status: 'down', sum: 'error' },
    { databaseUp: true, redis: 'down', cacheRequired: true, database: 'up', status: 'down', sum: 'error' },
    { databaseUp: false, redis: 'up', cacheRequired: true, database: 'degraded', status: 'up', sum: 'degraded' },
    { databaseUp: false, redis: 'down', cacheRequired: true, database: 'down', status: 'down', sum: 'error' },
    { databaseUp: false, redis: 'none', cacheRequired: true, database: 'down', status: 'down', sum: 'error' },
  ] as const)(
    'reports $sum with databaseUp=$databaseUp, redis=$redis, cacheRequired=$cacheRequired',
    ({ database, status, sum, ...state }) => {
      expect(dependencyStatuses(state)).toEqual({ database, redis: status });
      expect(healthReport([{ database: { status: database }, redis: { status } }]).status).toBe(sum);
    },
  );
});
