import { type DynamicModule, type FactoryProvider, Logger, Module, type ModuleMetadata } from '@nestjs/common';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { CacheRegistry } from './core/cache-registry.js';
import { type CacheModuleOptions, type CheckedOptions, checkOptions } from './cache.options.js';
import type { CacheDefinition } from './core/cache-definition.js';
import { SystemClock } from './core/clock.js';
import type { Tiers } from './core/tiers.js';
import { HttpCacheInterceptor } from './http/http-cache.interceptor.js';
import { KEYV_STORES, keyvOver } from './manager/keyv-store.js';
import { MemoryStore } from './memory/memory-store.js';
import { MemoryTier } from './memory/memory-tier.js';
import { RedisStore } from './redis/redis-store.js';

export interface CacheModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => CacheModuleOptions;
}

/**
 * The caches of an application. Import it once with `forRoot` beside `RedisModule`; each module registers its own caches
 * with `forFeature`.
 *
 * @example
 * @Module({ imports: [RedisModule.forRoot(redis), CacheModule.forRoot({ namespace: 'shop' })] })
 * export class AppModule {}
 */
@Module({})
export class CacheModule {
  static forRoot(options: CacheModuleOptions = {}): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: CacheModuleAsyncOptions): DynamicModule {
    return {
      module: CacheModule,
      global: true,
      imports,
      providers: [
        {
          provide: CacheRegistry,
          inject: [{ token: REDIS_CONNECTION, optional: true }, ...inject],
          useFactory: (redis: RedisConnection | null | undefined, ...injected: never[]) =>
            new CacheRegistry(tiersOf(redis ?? null, checkOptions(useFactory(...injected)))),
        },
        {
          provide: KEYV_STORES,
          inject: [CacheRegistry],
          useFactory: (registry: CacheRegistry) => [keyvOver(registry)],
        },
        HttpCacheInterceptor,
      ],
      exports: [CacheRegistry, KEYV_STORES, HttpCacheInterceptor],
    };
  }

  /** Registers the caches of a module. The interceptor finds them too. */
  static forFeature(...definitions: readonly CacheDefinition<unknown, unknown>[]): DynamicModule {
    return {
      module: CacheModule,
      providers: definitions.map((definition) => ({
        provide: definition.token,
        inject: [CacheRegistry],
        useFactory: (registry: CacheRegistry) => registry.create(definition),
      })),
      exports: definitions.map(({ token }) => token),
    };
  }
}

function tiersOf(redis: RedisConnection | null, { namespace, ...bounds }: CheckedOptions): Tiers {
  const clock = new SystemClock();
  const logger = new Logger('Cache');
  const common = { namespace, clock, warn: (message: string) => logger.warn(message) };
  if (redis) {
    const local = new MemoryTier(clock, bounds);
    return { ...common, store: new RedisStore(redis), local, usage: (cache) => local.usage(cache) };
  }
  logger.log('No Redis is configured: entries live in the memory of this process only');
  const store = new MemoryStore(clock, bounds);
  return { ...common, store, local: undefined, usage: (cache) => store.usage(cache) };
}
