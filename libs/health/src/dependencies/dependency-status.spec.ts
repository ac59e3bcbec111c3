import { describe, expect, it } from 'vitest';
import { healthReport } from '../probes/health-report.js';
import { dependencyStatuses } from './dependency-status.js';

describe(dependencyStatuses, () => {
  it.each([
    { database: 'up', redis: 'up', cacheRequired: false, statuses: ['up', 'up'], sum: 'ok' },
    { database: 'up', redis: 'none', cacheRequired: false, statuses: ['up', 'up'], sum: 'ok' },
    { database: 'up', redis: 'down', cacheRequired: false, statuses: ['up', 'degraded'], sum: 'degraded' },
    { database: 'down', redis: 'up', cacheRequired: false, statuses: ['degraded', 'up'], sum: 'degraded' },
    { database: 'down', redis: 'down', cacheRequired: false, statuses: ['down', 'down'], sum: 'error' },
    { database: 'down', redis: 'none', cacheRequired: false, statuses: ['down', 'up'], sum: 'error' },
    { database: 'up', redis: 'up', cacheRequired: true, statuses: ['up', 'up'], sum: 'ok' },
    { database: 'up', redis: 'none', cacheRequired: true, statuses: ['up', 'down'], sum: 'error' },
    { database: 'up', redis: 'down', cacheRequired: true, statuses: ['up', 'down'], sum: 'error' },
    { database: 'down', redis: 'up', cacheRequired: true, statuses: ['degraded', 'up'], sum: 'degraded' },
    { database: 'down', redis: 'down', cacheRequired: true, statuses: ['down', 'down'], sum: 'error' },
    { database: 'read-only', redis: 'up', cacheRequired: false, statuses: ['degraded', 'up'], sum: 'degraded' },
    { database: 'read-only', redis: 'none', cacheRequired: false, statuses: ['degraded', 'up'], sum: 'degraded' },
    { database: 'read-only', redis: 'down', cacheRequired: false, statuses: ['degraded', 'degraded'], sum: 'degraded' },
    { database: 'read-only', redis: 'down', cacheRequired: true, statuses: ['degraded', 'down'], sum: 'error' },
    { database: 'down', redis: 'none', cacheRequired: true, statuses: ['down', 'down'], sum: 'error' },
    { database: 'up', redis: 'refusing', cacheRequired: false, statuses: ['up', 'degraded'], sum: 'degraded' },
    { database: 'up', redis: 'refusing', cacheRequired: true, statuses: ['up', 'degraded'], sum: 'degraded' },
    { database: 'down', redis: 'refusing', cacheRequired: false, statuses: ['down', 'degraded'], sum: 'error' },
  ] as const)(
    'reports $sum with database=$database, redis=$redis, cacheRequired=$cacheRequired',
    ({ statuses: [database, redis], sum, ...state }) => {
      expect(dependencyStatuses(state)).toEqual({ database, redis });
      expect(healthReport([{ database: { status: database }, redis: { status: redis } }]).status).toBe(sum);
    },
  );
});
