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

/** Their tests start no process and open no connection. */
const WITHOUT_SERVERS = ['unit', 'property', 'model'];

/** Starts one Redis and one PostgreSQL for the whole run. Tests that stop or freeze a server start their own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (project.vitest.projects.every(({ name }) => WITHOUT_SERVERS.includes(name))) return undefined;
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

/** Reports on stderr what it cannot do; `startRedis` then fails and lists the ways to get a Redis. */
async function provisionRedis(): Promise<void> {
  const script = join(import.meta.dirname, '../../scripts/run/provision-redis.mjs');
  await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit');
}
