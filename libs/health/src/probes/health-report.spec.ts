import { describe, expect, it } from 'vitest';
import { healthReport, httpStatusOf } from './health-report.js';

const up = { one: { status: 'up' } } as const;
const degraded = { two: { status: 'degraded' } } as const;
const down = { three: { status: 'down', why: 'gone' } } as const;

describe(healthReport, () => {
  it('lists down indicators under error, the others under info, and all under details, as Terminus does', () => {
    expect(healthReport([{ ...up, ...degraded }, down])).toEqual({
      status: 'error',
      info: { ...up, ...degraded },
      error: down,
      details: { ...up, ...degraded, ...down },
    });
  });

  it.each([
    { results: [up], draining: false, status: 'ok', http: 200 },
    { results: [up, degraded], draining: false, status: 'degraded', http: 200 },
    { results: [up, degraded, down], draining: false, status: 'error', http: 503 },
    { results: [up], draining: true, status: 'shutting_down', http: 503 },
    { results: [down], draining: true, status: 'shutting_down', http: 503 },
  ])('reports $status and $http for $results, draining: $draining', ({ results, draining, status, http }) => {
    const report = healthReport(results, { draining });
    expect(report.status).toBe(status);
    expect(httpStatusOf(report)).toBe(http);
  });
});
