import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { CacheIndicator } from '../cache/cache.indicator.js';
import { RequestsIndicator } from '../overload/requests.indicator.js';

/** Reports the counters of this instance, which decide nothing: they are in the full report only. */
@Injectable()
export class CountersIndicator {
  constructor(
    private readonly cache: CacheIndicator,
    private readonly requests: RequestsIndicator,
  ) {}

  check(): HealthIndicatorResult {
    return { ...this.cache.check(), ...this.requests.check() };
  }
}
