import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthModule } from '@nuthatch/health';
import { AppLogger, ObservabilityModule } from '@nuthatch/observability';

const database = { schemaReady: true, ping: async () => {} };

@Module({
  imports: [
    ObservabilityModule.forRoot({ level: 'info' }),
    HealthModule.forRootAsync({ useFactory: () => ({ database, cacheRequired: false, drainDelayMs: 0 }) }),
  ],
})
export class OperationsModule {}

export async function createApp(module: Type): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { bufferLogs: true });
  app.useLogger(app.get(AppLogger));
  app.enableShutdownHooks([], { useProcessExit: true });
  return app;
}
