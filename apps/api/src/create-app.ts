import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppLogger } from '@nuthatch/observability';
import type { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { createFastifyAdapter } from './http/server/fastify-adapter.js';
import { OpenApiController } from './http/pages/openapi.controller.js';

/** Creates the application for the process and for tests. It does not listen yet. */
export async function createApp(config: AppConfig): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(config), createFastifyAdapter(config), {
    // A failure rejects, so that main.ts can report it in one message with its fix.
    abortOnError: false,
    // http/server/json-body.ts reads JSON bodies.
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(AppLogger));
  // Nest would keep the lines of the boot until it listens, and each would have the time of that moment.
  app.flushLogs();
  app.get(OpenApiController).describes(app);
  return app;
}
