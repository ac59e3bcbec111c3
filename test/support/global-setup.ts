import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { withProgress } from '../../scripts/process/progress.mjs';
import { prepareEmbedded } from './embedded-database.js';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string;
    /** Tests make a database of their own in it: `await createDatabase(inject('postgresUrl'))`. */
    postgresUrl: string;
    /** For the `e2e` tests: `await copyEmbedded(inject('embeddedFolder'))`. */
    embeddedFolder: string;
  }
}

/** Their tests start no process and open no connection. */
const WITHOUT_SERVERS = ['unit', 'property', 'model'];

/** Starts one Redis and one PostgreSQL for the whole run. Tests that stop or freeze a server start their own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const names = project.vitest.projects.map(({ name }) => name);
  if (names.every((name) => WITHOUT_SERVERS.includes(name))) return undefined;
  const cleanUp: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(cleanUp.map((end) => end()));
  };
  try {
    await provisionRedis();
    const redis = await startRedis();
    cleanUp.push(() => redis.stop());
    project.provide('redisUrl', redis.url);
    const postgres = await withProgress('Starting PostgreSQL for the tests', startPostgres());
    cleanUp.push(() => postgres.stop());
    project.provide('postgresUrl', postgres.url);
    if (names.includes('e2e')) {
      const embedded = await withProgress('Filling an embedded database for the tests', prepareEmbedded());
      cleanUp.push(embedded.remove);
      project.provide('embeddedFolder', embedded.folder);
    }
    return stop;
  } catch (failure) {
    await stop();
    throw failure;
  }
}

/** Reports on stderr what it cannot do; `startRedis` then fails and lists the ways to get a Redis. */
async function provisionRedis(): Promise<void> {
  const script = join(import.meta.dirname, '../../scripts/run/provision-redis.mjs');
  await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit');
}
