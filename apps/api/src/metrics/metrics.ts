import type { DynamicModule } from '@nestjs/common';
import { type Family, MetricsModule, type MetricSource } from '@nuthatch/observability/metrics';
import type { AppConfig } from '../app.config.js';
import { Database } from '../database/database.js';

/** Serves the metrics on `METRICS_PORT`. Without it, they are a route in development, and served nowhere in production. */
export function metricsOf({ metricsPort, host, production }: AppConfig): DynamicModule {
  const elsewhere = production ? 'off' : 'route';
  return MetricsModule.forRootAsync({
    serve: metricsPort === undefined ? elsewhere : { port: metricsPort, host },
    inject: [Database],
    useFactory: (database: Database) => ({ sources: [databaseMetrics(database)] }),
  });
}

/** The pool, with the names of OpenTelemetry. */
function databaseMetrics(database: Pick<Database, 'connections'>): MetricSource {
  return (): Family[] => {
    const { connections } = database;
    if (!connections) return [];
    const { used, idle, waiting, most } = connections;
    return [
      {
        name: 'db_client_connection_count',
        help: 'Connections of the pool.',
        type: 'gauge',
        samples: Object.entries({ used, idle }).map(([state, value]) => ({ labels: { state }, value })),
      },
      gauge('db_client_connection_max', 'The most connections of the pool.', most),
      gauge('db_client_connection_pending_requests', 'Statements that wait for a connection.', waiting),
    ];
  };
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: 'gauge', samples: [{ labels: {}, value }] };
}
