import type { HealthCheckResult, HealthCheckStatus, HealthIndicatorResult } from '@nestjs/terminus';

/**
 * Merges indicators into a report in the shape of Terminus: `status`, `info` (up and degraded), `error` (down), `details` (all).
 *
 * The `HealthCheckService` of Terminus does not fit, for two reasons. While draining it answers every check with
 * `shutting_down`, but a draining instance is alive and has started. And it throws its result, which the exception filter of
 * the application would rewrite.
 */
export function healthReport(results: HealthIndicatorResult[], { draining } = { draining: false }): HealthCheckResult {
  const details: HealthIndicatorResult = Object.assign({}, ...results);
  const entries = Object.entries(details);
  return {
    status: draining ? 'shutting_down' : worst(entries.map(([, { status }]) => status)),
    info: Object.fromEntries(entries.filter(([, { status }]) => status !== 'down')),
    error: Object.fromEntries(entries.filter(([, { status }]) => status === 'down')),
    details,
  };
}

/** Returns the HTTP status of a report. A prober may ignore the body. */
export function httpStatusOf({ status }: HealthCheckResult): 200 | 503 {
  return status === 'ok' || status === 'degraded' ? 200 : 503;
}

function worst(statuses: HealthIndicatorResult[string]['status'][]): HealthCheckStatus {
  if (statuses.includes('down')) return 'error';
  return statuses.includes('degraded') ? 'degraded' : 'ok';
}
