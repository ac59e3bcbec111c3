import type { HealthCheckResult, HealthCheckStatus, HealthIndicatorResult } from '@nestjs/terminus';

/**
 * Sums indicators up in the shape of Terminus: `status`, `info` (up and degraded), `error` (down), `details` (all).
 *
 * Terminus' own `HealthCheckService` is not used for it: it answers `shutting_down` to every check, but a draining instance is
 * still alive and did start; and it throws its result, which the application's exception filter would rewrite.
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

/** The HTTP status that says the same to a prober that reads no body. */
export function httpStatusOf({ status }: HealthCheckResult): 200 | 503 {
  return status === 'ok' || status === 'degraded' ? 200 : 503;
}

function worst(statuses: HealthIndicatorResult[string]['status'][]): HealthCheckStatus {
  if (statuses.includes('down')) return 'error';
  return statuses.includes('degraded') ? 'degraded' : 'ok';
}
