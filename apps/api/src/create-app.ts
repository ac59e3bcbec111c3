import type { INestApplication } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { AppLogger } from '@nuthatch/observability';
import type { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { createFastifyAdapter } from './http/server/fastify-adapter.js';

/** The application, wired but not yet listening: the same for the process and for tests. */
export async function createApp(
  config: AppConfig,
  adapter: AbstractHttpAdapter = createFastifyAdapter(),
): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(config), adapter, {
    // Failures reject, so that main.ts can say in one message what to do.
    abortOnError: false,
    // JSON bodies are read by http/json-body.ts.
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(AppLogger));
  return app;
}
