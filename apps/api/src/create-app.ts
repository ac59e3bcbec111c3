import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppLogger } from '@nuthatch/observability';
import type { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { createFastifyAdapter } from './http/fastify-adapter.js';

/** The application, wired but not yet listening: the same for the process and for tests. */
export async function createApp(config: AppConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), createFastifyAdapter(), {
    // Failures reject, so that main.ts can say in one message what to do.
    abortOnError: false,
    // JSON bodies are read by http/json-body.ts.
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(AppLogger));
  return app;
}
