import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Logger,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { RedisConnection, type RedisState } from './redis-connection.js';
import type { RedisOptions } from './redis-options.js';

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
 * The trap: the boot does not wait for the connection. Operations reject with `REDIS_UNAVAILABLE` until it is made.
 *
 * @example
 * @Module({ imports: [RedisModule.forRoot({ topology: { mode: 'single', url: 'redis://127.0.0.1:6379' } })] })
 * export class AppModule {}
 */
@Module({})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS_CONNECTION) private readonly connection: RedisConnection | null) {}

  /** Opens the connection at boot. @throws {RedisError} `REDIS_TOPOLOGY_UNSUPPORTED` for anything but a single server. */
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

  /** Closes the connection. Not in `onModuleDestroy`: that hook runs before the drain, and the last requests use Redis. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection?.close();
  }
}

function openAndLog(options: RedisOptions): RedisConnection {
  const logger = new Logger('Redis');
  const connection = new RedisConnection(options);
  connection.onChange((state) => logChange(logger, state));
  connection.open();
  void connection.firstAttempt.then(() => {
    if (!connection.state.connected) logChange(logger, connection.state);
  });
  return connection;
}

function logChange(logger: Logger, { connected, mode, lastError }: RedisState): void {
  if (connected) logger.log(`Connected to Redis (${mode})`);
  else logger.warn(`Redis is down (${lastError}). Reads go to the origin until it is up again.`);
}
