import type { HealthCheckResult } from '@nestjs/terminus';
import { httpStatusOf } from './health-report.js';

/** What Fastify's reply and Express' response have in common here. */
export interface StatusSetter {
  status(code: number): unknown;
}

/** Sets the status and returns the body: an exception would be rewritten by the application's own filter. */
export function sendReport(response: StatusSetter, report: HealthCheckResult): HealthCheckResult {
  response.status(httpStatusOf(report));
  return report;
}
