import { Controller, Get, Header, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult } from '@nestjs/terminus';
import { ApplicationIndicators } from '../dependencies/application-indicators.service.js';
import { Drain } from '../drain/drain.service.js';
import { CountersIndicator } from './counters.indicator.js';
import { healthReport } from './health-report.js';
import { ReadinessIndicator } from './readiness.indicator.js';
import { sendReport, type StatusSetter } from './send-report.js';

/**
 * Serves the probe that decides whether this instance receives requests, and the full report behind that decision. Both are 503
 * until the instance has started: one that never reached its database can do nothing for a request.
 */
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(
    private readonly readiness: ReadinessIndicator,
    private readonly application: ApplicationIndicators,
    private readonly counters: CountersIndicator,
    private readonly drain: Drain,
  ) {}

  @Get('ready')
  @HealthCheck({ swaggerDocumentation: true })
  @Header('Cache-Control', 'no-store')
  ready(@Res({ passthrough: true }) response: StatusSetter): HealthCheckResult {
    return sendReport(response, healthReport([this.readiness.check()], this.drain));
  }

  @Get()
  @HealthCheck({ swaggerDocumentation: true })
  @Header('Cache-Control', 'no-store')
  everything(@Res({ passthrough: true }) response: StatusSetter): HealthCheckResult {
    const indicators = [this.readiness.check(), this.application.all(), this.counters.check()];
    return sendReport(response, healthReport(indicators, this.drain));
  }
}
