import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Logger,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { fixOf } from './error-code.js';
import { RedisConnection } from './redis-connection.js';
import { RedisError } from './redis-errors.js';
import type { RedisOptions } from './redis-options.js';
import type { RedisState } from './redis-state.js';
import { isUnsupported } from './connection/server-info.js';

/**
 * Injects the {@link RedisConnection}, or `null` if the application runs without Redis.
 *
 * @example
 * constructor(@Inject(REDIS_CONNECTION) private readonly redis: RedisConnection | null) {}
 */
export const REDIS_CONNECTION = Symbol('REDIS_CONNECTION');

/** Configures {@link RedisModule.forRootAsync}. */
export interface RedisModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Receives the providers that `inject` lists, in the same order. Returns `null` to run without Redis. */
  readonly useFactory: (...injected: never[]) => RedisOptions | null;
}

/**
 * Opens one connection for the whole application, and closes it after the server has drained. Pass `null` to run without Redis.
 *
 * The boot waits for the first attempt to connect, at most `bootTimeoutMs`. A failure does not end the boot: operations reject with
 * `REDIS_UNAVAILABLE` until Redis is up. The trap: providers that are created before `onModuleInit` find no connection yet.
 *
 * @example
 * @Module({ imports: [RedisModule.forRoot({ topology: { mode: 'single', url: 'redis://127.0.0.1:6379' } })] })
 * export class AppModule {}
 */
@Module({})
export class RedisModule implements OnModuleInit, OnApplicationShutdown {
  constructor(@Inject(REDIS_CONNECTION) private readonly connection: RedisConnection | null) {}

  /**
   * Opens the connection at boot.
   *
   * @throws {RedisError} `REDIS_TOPOLOGY_UNSUPPORTED` at boot, if the URL of a single server leads to a Sentinel or to a node of a cluster.
   */
  static forRoot(options: RedisOptions | null): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Opens the connection at boot, with options from other providers. @throws as {@link forRoot}. */
  static forRootAsync({ imports = [], inject = [], useFactory }: RedisModuleAsyncOptions): DynamicModule {
    const open = (...injected: never[]): RedisConnection | null => {
      const options = useFactory(...injected);
      return options && openAndLog(options);
    };
    return {
      module: RedisModule,
      global: true,
      imports,
      providers: [{ provide: REDIS_CONNECTION, inject, useFactory: open }],
      exports: [REDIS_CONNECTION],
    };
  }

  /** Waits for the first attempt to connect, so that the hooks of other modules find Redis. */
  async onModuleInit(): Promise<void> {
    const { connection } = this;
    if (!connection) return;
    await withinTime(connection.firstAttempt, connection.bootTimeoutMs);
    const { lastError } = connection.state;
    if (!isUnsupported(lastError)) return;
    const kind = lastError === 'CLUSTER' ? 'a node of a Redis Cluster' : 'a Redis Sentinel';
    throw new RedisError('REDIS_TOPOLOGY_UNSUPPORTED', `The Redis URL leads to ${kind}. ${fixOf(lastError)}`);
  }

  /** Closes the connection. Not in `onModuleDestroy`: that hook runs before the drain, and the last requests use Redis. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection?.close();
  }
}

function openAndLog(options: RedisOptions): RedisConnection {
  const connection = new RedisConnection(options);
  connection.onChange(logChanges(new Logger('Redis')));
  connection.open();
  return connection;
}

/** Logs when Redis is down, for each reason, and when it works again. A refused command rejects, so its caller knows the effect. */
function logChanges(logger: Logger): (state: RedisState) => void {
  const logged = new Set<string | undefined>();
  let down = true;
  return ({ connected, mode, lastError, master }) => {
    if (connected) {
      if (lastError !== undefined) return;
      logger.log(down ? `Connected to Redis (${mode})` : 'Redis accepts all commands again');
      logged.clear();
      down = false;
      return;
    }
    down = true;
    // Reasons may alternate during one outage.
    if (logged.has(lastError)) return;
    logged.add(lastError);
    const server = master === undefined ? 'Redis' : `Redis at ${master}`;
    const problem = `${server} is down (${lastError}). Reads go to the origin until it is up again.`;
    logger.warn(`${problem} ${fixOf(lastError)}`.trimEnd());
  };
}

/** Resolves when `work` has settled, or after `ms` milliseconds. */
async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
