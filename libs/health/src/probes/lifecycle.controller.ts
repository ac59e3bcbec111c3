import { Controller, Get, Header, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult } from '@nestjs/terminus';
import { EventLoopIndicator } from '../process/event-loop.indicator.js';
import { StartupIndicator } from '../process/startup.indicator.js';
import { healthReport } from './health-report.js';
import { sendReport, type StatusSetter } from './send-report.js';

/**
 * Serves the probes whose failure restarts the process. They depend on this process only, and stay 200 while it drains: a
 * restart repairs neither Redis nor PostgreSQL.
 */
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class LifecycleController {
  constructor(
    private readonly eventLoop: EventLoopIndicator,
    private readonly startup: StartupIndicator,
  ) {}

  @Get('live')
  @HealthCheck({ swaggerDocumentation: true })
  @Header('Cache-Control', 'no-store')
  live(@Res({ passthrough: true }) response: StatusSetter): HealthCheckResult {
    return sendReport(response, healthReport([this.eventLoop.check()]));
  }

  @Get('started')
  @HealthCheck({ swaggerDocumentation: true })
  @Header('Cache-Control', 'no-store')
  started(@Res({ passthrough: true }) response: StatusSetter): HealthCheckResult {
    return sendReport(response, healthReport([this.startup.check()]));
  }
}
