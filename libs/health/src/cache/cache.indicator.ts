import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { CacheRegistry, sumCounters } from '@nuthatch/cache';

/** Reports the counters of the caches of this instance since its start. Always up: no count makes an instance unready. */
@Injectable()
export class CacheIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly registry: CacheRegistry,
  ) {}

  check(): HealthIndicatorResult<'cache'> {
    const { channel, pending, memory, outbox, edge } = this.registry;
    const caches = this.registry.counters();
    return this.indicators.check('cache').up({
      totals: sumCounters(Object.values(caches)),
      memory,
      channel,
      pending,
      ...(outbox && { outbox }),
      ...(edge && { edge }),
      caches,
    });
  }
}
