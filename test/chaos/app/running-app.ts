import type { INestApplication } from '@nestjs/common';
import { REDIS_CONNECTION, type RedisConnection, type RedisOptions, type ServerAddress } from '@nuthatch/redis';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createApp } from '../../../apps/api/src/create-app.js';
import { userById } from '../../../apps/api/src/users/users.cache.js';
import { CACHE_RUNTIME, type CacheRuntime } from '../../../libs/cache/src/core/cache-runtime.js';
import { isSettled } from '../../consistency/processes/worker/is-settled.js';
import type { Origin } from '../../consistency/processes/worker/origin.js';
import { ROWS } from '../../consistency/processes/worker/rows.js';
import type { AppOptions } from './app-options.js';
import { slowQueries } from './slow-queries.js';
import { idOf, KEYS } from './users.js';

/** The application in this process, listening on a port of 127.0.0.1. */
export class RunningApp {
  readonly #runtime: CacheRuntime;
  readonly #redis: RedisConnection;

  private constructor(
    private readonly app: INestApplication,
    readonly url: string,
  ) {
    this.#runtime = app.get(CACHE_RUNTIME);
    this.#redis = app.get(REDIS_CONNECTION);
  }

  /** @param port 0: a free one */
  static async start({ environment, proxies = {} }: AppOptions, origin: Origin, port = 0): Promise<RunningApp> {
    const config = new AppConfig(environment);
    const app = await createApp(Object.assign(config, { redis: throughProxies(config.redis, proxies) }));
    slowQueries(app, origin);
    await app.listen(port, '127.0.0.1');
    return new RunningApp(app, await app.getUrl());
  }

  get lastErrors(): readonly (string | undefined)[] {
    return [this.#redis.state, ...(this.#runtime.store.servers ?? [])].map(({ lastError }) => lastError);
  }

  settled(): Promise<boolean> {
    return isSettled(
      this.#runtime,
      Array.from({ length: ROWS }, (_, key) => recordKeyOf(idOf(key))),
    );
  }

  /** Whether a write of the user is pending. Its record shows that: writes of all users have a tag in common. */
  isPending(id: string): boolean {
    return this.#runtime.pending.affects(recordKeyOf(id), [KEYS.namespaceTag]);
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}

const recordKeyOf = (id: string): string => KEYS.record(userById.name, id).key;

/** Leads the connections to the nodes of a cluster through proxies. The application has no setting for it, because only tests need it. */
function throughProxies(redis: RedisOptions | null, proxies: NonNullable<AppOptions['proxies']>): RedisOptions | null {
  if (redis?.topology.mode !== 'cluster') return redis;
  const addressOf = ({ host, port }: ServerAddress): ServerAddress => ({ host, port: proxies[port] ?? port });
  return { ...redis, topology: { ...redis.topology, addressOf } };
}
