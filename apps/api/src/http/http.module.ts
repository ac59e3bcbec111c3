import { Module, type NestModule, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { AllowedMethods } from './allowed-methods.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
import { ValidationPipe } from './validation.pipe.js';

/** What every route has in common: validation, problems, the OpenAPI document, and an answer to methods it does not have. */
@Module({
  controllers: [OpenApiController, ProblemsController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class HttpModule implements NestModule, OnApplicationBootstrap {
  private allowed: AllowedMethods | undefined;

  constructor(private readonly host: HttpAdapterHost) {}

  /** Nest calls this before the first route is added … */
  configure(): void {
    this.allowed = new AllowedMethods(this.host.httpAdapter.getInstance());
  }

  /** … and this after the last one. */
  onApplicationBootstrap(): void {
    this.allowed?.answerOthers();
  }
}
