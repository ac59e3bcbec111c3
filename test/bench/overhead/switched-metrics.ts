import { type DynamicModule, Module } from '@nestjs/common';
import { Metrics } from '@nuthatch/observability/metrics';
import type { AppConfig } from '../../../apps/api/src/app.config.js';
import { metricsOf as metricsOfTheApi } from '../../../apps/api/src/metrics/metrics.js';

/** Replaces `metrics/metrics.ts` in the example API, which has no metrics while `on` is false. */
export const metricsSwitch = { on: true };

export function metricsOf(config: AppConfig): DynamicModule {
  return metricsSwitch.on ? metricsOfTheApi(config) : { module: NoMetrics };
}

@Module({ providers: [{ provide: Metrics, useValue: { sources: [] } }], exports: [Metrics] })
class NoMetrics {}
