import type { HealthCheckResult } from '@nestjs/terminus';
import { httpStatusOf } from './health-report.js';

/** Describes the part that a Fastify reply and an Express response share. */
export interface StatusSetter {
  status(code: number): unknown;
}

/** Sets the status and returns the body. It does not throw: the exception filter of the application would rewrite the body. */
export function sendReport(response: StatusSetter, report: HealthCheckResult): HealthCheckResult {
  response.status(httpStatusOf(report));
  return report;
}
