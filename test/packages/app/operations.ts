import { Module } from '@nestjs/common';
import { HealthModule } from '@nuthatch/health';
import { ObservabilityModule } from '@nuthatch/observability';

const database = { schemaReady: true, ping: async () => {} };

@Module({
  imports: [
    ObservabilityModule.forRoot({ level: 'info' }),
    HealthModule.forRootAsync({ useFactory: () => ({ database, cacheRequired: false, drainDelayMs: 0 }) }),
  ],
})
export class OperationsModule {}
