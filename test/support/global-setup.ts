import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string;
    /** Tests make a database of their own in it: `await createDatabase(inject('postgresUrl'))`. */
    postgresUrl: string;
  }
}

/** One Redis and one PostgreSQL for the whole run. Tests that stop or freeze a server start their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await provisionRedis();
  const redis = await startRedis();
  const postgres = await startPostgres().catch(async (failure: unknown) => {
    await redis.stop();
    throw failure;
  });
  project.provide('redisUrl', redis.url);
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await Promise.all([redis.stop(), postgres.stop()]);
  };
}

/** What it cannot do it says on stderr; `startRedis` then fails and names the ways out. */
async function provisionRedis(): Promise<void> {
  const script = join(import.meta.dirname, '../../scripts/run/provision-redis.mjs');
  await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit');
}
