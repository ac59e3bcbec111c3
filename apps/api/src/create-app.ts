import type { INestApplication } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { AppLogger } from '@nuthatch/observability';
import type { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { createFastifyAdapter } from './http/server/fastify-adapter.js';
import { OpenApiController } from './http/pages/openapi.controller.js';

/** Creates the application without starting to listen. The process and the tests use it. */
export async function createApp(
  config: AppConfig,
  adapter: AbstractHttpAdapter = createFastifyAdapter(),
): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(config), adapter, {
    // Rejects on failure, so main.ts can print one message with the remedy.
    abortOnError: false,
    // http/server/json-body.ts parses JSON bodies.
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(AppLogger));
  app.get(OpenApiController).describes(app);
  return app;
}
