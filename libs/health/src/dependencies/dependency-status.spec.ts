import { describe, expect, it } from 'vitest';
import { healthReport } from '../probes/health-report.js';
import { dependencyStatuses } from './dependency-status.js';

describe(dependencyStatuses, () => {
  it.each([
    { databaseUp: true, redis: 'up', cacheRequired: false, database: 'up', judged: 'up', sum: 'ok' },
    { databaseUp: true, redis: 'none', cacheRequired: false, database: 'up', judged: 'up', sum: 'ok' },
    { databaseUp: true, redis: 'away', cacheRequired: false, database: 'up', judged: 'degraded', sum: 'degraded' },
    { databaseUp: false, redis: 'up', cacheRequired: false, database: 'degraded', judged: 'up', sum: 'degraded' },
    { databaseUp: false, redis: 'away', cacheRequired: false, database: 'down', judged: 'down', sum: 'error' },
    { databaseUp: false, redis: 'none', cacheRequired: false, database: 'down', judged: 'up', sum: 'error' },
    { databaseUp: true, redis: 'up', cacheRequired: true, database: 'up', judged: 'up', sum: 'ok' },
    { databaseUp: true, redis: 'none', cacheRequired: true, database: 'up', judged: 'down', sum: 'error' },
    { databaseUp: true, redis: 'away', cacheRequired: true, database: 'up', judged: 'down', sum: 'error' },
    { databaseUp: false, redis: 'up', cacheRequired: true, database: 'degraded', judged: 'up', sum: 'degraded' },
    { databaseUp: false, redis: 'away', cacheRequired: true, database: 'down', judged: 'down', sum: 'error' },
  ] as const)(
    'database up: $databaseUp, Redis: $redis, cache required: $cacheRequired → $sum',
    ({ database, judged, sum, ...state }) => {
      expect(dependencyStatuses(state)).toEqual({ database, redis: judged });
      expect(healthReport([{ database: { status: database }, redis: { status: judged } }]).status).toBe(sum);
    },
  );
});
