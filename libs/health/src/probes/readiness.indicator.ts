import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { ApplicationIndicators } from '../dependencies/application-indicators.service.js';
import { DependenciesIndicator } from '../dependencies/dependencies.indicator.js';
import { StartupIndicator } from '../process/startup.indicator.js';

/** Reports everything that decides whether this instance receives requests. */
@Injectable()
export class ReadinessIndicator {
  constructor(
    private readonly startup: StartupIndicator,
    private readonly dependencies: DependenciesIndicator,
    private readonly application: ApplicationIndicators,
  ) {}

  check(): HealthIndicatorResult {
    return { ...this.startup.check(), ...this.dependencies.check(), ...this.application.decisive() };
  }
}
