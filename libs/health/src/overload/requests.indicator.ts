import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { requestCountsOf } from './load-shedding.js';

/** Reports how many requests are in progress, wait and were refused. Always up, and absent without load shedding. */
@Injectable()
export class RequestsIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly host: HttpAdapterHost,
  ) {}

  check(): HealthIndicatorResult {
    const server: object = this.host.httpAdapter.getHttpServer();
    const counts = requestCountsOf(server);
    return counts ? this.indicators.check('requests').up({ ...counts }) : {};
  }
}
