import { Controller, Get, Module, type NestModule, Param, Query } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ProblemFilter } from '../problems/problem.filter.js';
import { UnknownParameters } from './unknown-parameters.js';

class Base {
  @Get('inherited')
  inherited(@Query('a') a?: string): { a: string | undefined } {
    return { a };
  }
}

@Controller()
class Routes extends Base {
  @Get('none/:x')
  none(@Param('x') x: string): { x: string } {
    return { x };
  }

  @Get('some')
  some(@Query('a') a?: string, @Query('b') b?: string): { a: string | undefined; b: string | undefined } {
    return { a, b };
  }

  @Get('whole')
  whole(@Query({ schema: z.looseObject({}) }) query: object): object {
    return query;
  }
}

@Module({
  controllers: [Routes],
  providers: [UnknownParameters, { provide: APP_FILTER, useClass: ProblemFilter }],
})
class RoutesModule implements NestModule {
  constructor(private readonly unknownParameters: UnknownParameters) {}

  configure(): void {
    this.unknownParameters.install();
  }
}

describe(UnknownParameters, () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [RoutesModule] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
  });
  afterAll(() => app.close());

  it.each([
    ['/none/1', 200],
    ['/none/1?', 200],
    ['/none/1?x=1', 400],
    ['/some?a=1', 200],
    ['/some?b=1&a=2&a=3', 200],
    ['/some?a=1&c=1', 400],
    ['/inherited?a=1', 200],
    ['/inherited?b=1', 400],
    ['/whole?a=1', 200],
    ['/nowhere?a=1', 404],
  ])('answers %s with %i', async (url, status) => {
    expect((await app.inject({ url })).statusCode).toBe(status);
  });
});
