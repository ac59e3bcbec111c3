import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppLogger } from '@nuthatch/observability';
import type { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { createFastifyAdapter } from './http/server/fastify-adapter.js';
import { OpenApiController } from './http/pages/openapi.controller.js';

/** Creates the application for the process and for tests. It does not listen yet. */
export async function createApp(config: AppConfig): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(config), createFastifyAdapter(config.publicPath), {
    // A failure rejects, so that main.ts can report it in one message with its fix.
    abortOnError: false,
    // http/server/json-body.ts reads JSON bodies.
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(AppLogger));
  app.get(OpenApiController).describes(app);
  return app;
}
