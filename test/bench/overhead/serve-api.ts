import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createApp } from '../../../apps/api/src/create-app.js';
import type { Where } from '../http/contender.js';
import { metricsSwitch } from './switched-metrics.js';

export interface ApiOptions extends Where {
  readonly databaseUrl: string;
  readonly metrics: boolean;
}

/** Serves the example API as in production: with its logs, and every module that has a default. Returns the path of a user. */
export async function serveApi({ redisUrl, databaseUrl, port, metrics }: ApiOptions): Promise<string> {
  metricsSwitch.on = metrics;
  const environment = { NODE_ENV: 'production', REDIS_URL: redisUrl, DATABASE_URL: databaseUrl };
  const app = await createApp(new AppConfig(environment));
  await app.listen(port, '127.0.0.1');
  const response = await fetch(`http://127.0.0.1:${port}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada King', email: `ada.${port}@example.org` }),
  });
  const path = response.headers.get('location');
  if (response.status !== 201 || path === null) throw new Error(`No user: ${response.status} ${await response.text()}`);
  return path;
}
