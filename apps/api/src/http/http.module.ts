import { Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { DocsController } from './pages/docs.controller.js';
import { IndexController } from './pages/index.controller.js';
import { OpenApiController } from './pages/openapi.controller.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ProblemsController } from './pages/problems.controller.js';
import { UnknownParameters } from './validation/unknown-parameters.js';
import { ValidationPipe } from './validation/validation.pipe.js';

/** Validation and problems of every route, and the pages that describe the API. */
@Module({
  controllers: [IndexController, DocsController, OpenApiController, ProblemsController],
  providers: [
    UnknownParameters,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class HttpModule implements NestModule {
  constructor(private readonly unknownParameters: UnknownParameters) {}

  /** Nest calls this before it registers the routes. */
  configure(): void {
    this.unknownParameters.install();
  }
}
