import 'reflect-metadata';
import { REDIS_CONNECTION, type RedisConnection, type RedisOptions, type ServerAddress } from '@nuthatch/redis';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createApp } from '../../../apps/api/src/create-app.js';
import { userById } from '../../../apps/api/src/users/users.cache.js';
import { CACHE_RUNTIME, type CacheRuntime } from '../../../libs/cache/src/core/cache-runtime.js';
import { isSettled } from '../../consistency/processes/worker/is-settled.js';
import { LoopStalls } from '../../consistency/processes/worker/loop-stalls.js';
import { Origin } from '../../consistency/processes/worker/origin.js';
import { ROWS } from '../../consistency/processes/worker/rows.js';
import { trafficCommands } from '../../consistency/processes/worker/traffic-commands.js';
import { serveCommands } from '../../support/processes/serve-commands.js';
import type { AppOptions } from './app-options.js';
import { HttpClient } from './http-client.js';
import { slowQueries } from './slow-queries.js';
import { idOf } from './users.js';
import { UsersClient } from './users-client.js';

/** The program of an instance of the application, and of its clients. */
const options: AppOptions = JSON.parse(process.argv[2] ?? '');
const config = new AppConfig(options.environment);
const app = await createApp(Object.assign(config, { redis: throughProxies(config.redis) }));
const origin = new Origin();
slowQueries(app, origin);
await app.listen(0, '127.0.0.1');

const runtime: CacheRuntime = app.get(CACHE_RUNTIME);
const redis: RedisConnection = app.get(REDIS_CONNECTION);
const { pending, store, keys } = runtime;
const recordKeyOf = (id: string): string => keys.record(userById.name, id).key;

serveCommands(
  trafficCommands({
    instance: options.instance,
    // The tags of all writes of users are the same, so the record shows whether a write of this user is pending.
    rows: new UsersClient(new HttpClient(await app.getUrl()), (id) =>
      pending.affects(recordKeyOf(id), [keys.namespaceTag]),
    ),
    origin,
    stalls: new LoopStalls(),
    settled: () =>
      isSettled(
        runtime,
        Array.from({ length: ROWS }, (_, key) => recordKeyOf(idOf(key))),
      ),
    lastErrors: () => [redis.state, ...(store.servers ?? [])].map(({ lastError }) => lastError),
  }),
);

/** Leads the connections to the nodes of a cluster through proxies. No setting of the application does: it is for tests. */
function throughProxies(given: RedisOptions | null): RedisOptions | null {
  const { proxies } = options;
  if (given?.topology.mode !== 'cluster' || !proxies) return given;
  const addressOf = ({ host, port }: ServerAddress): ServerAddress => ({ host, port: proxies[port] ?? port });
  return { ...given, topology: { ...given.topology, addressOf } };
}
