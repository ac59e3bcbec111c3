import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
import { UnknownParametersGuard } from './unknown-parameters.guard.js';
import { ValidationPipe } from './validation.pipe.js';

/** What every route has in common: validation, problems and the OpenAPI document. */
@Module({
  controllers: [OpenApiController, ProblemsController],
  providers: [
    { provide: APP_GUARD, useClass: UnknownParametersGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class HttpModule {}
