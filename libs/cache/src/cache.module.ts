import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { type CacheModuleOptions, checkOptions } from './cache.options.js';
import type { CacheDefinition } from './core/policy/define-cache.js';
import { CacheRegistry } from './core/cache-registry.js';
import { MissingPrincipalDetector } from './devtools/missing-principal-detector.js';
import { CachedRoutes } from './http/cached-routes.js';
import { HttpCacheModule } from './http/http-cache.module.js';
import { HttpCacheInterceptor } from './http/http-cache.interceptor.js';
import { RuntimeProvider } from './runtime-provider.js';

/** Configures {@link CacheModule.forRootAsync}. */
export interface CacheModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Receives the providers that `inject` lists, in the same order. */
  readonly useFactory: (...injected: never[]) => CacheModuleOptions;
}

/**
 * Provides the caches of an application. Import it once with `forRoot`, after `RedisModule`. Each module registers its own caches with
 * `forFeature`.
 *
 * The trap: without `RedisModule`, or with `null` as its options, entries live in this process only, and no other instance receives
 * its invalidations.
 *
 * @example
 * @Module({
 *   imports: [
 *     RedisModule.forRoot({ topology: { mode: 'single', url: 'redis://127.0.0.1:6379' } }),
 *     CacheModule.forRoot({ namespace: 'shop' }),
 *   ],
 * })
 * export class AppModule {}
 *
 * @Module({ imports: [CacheModule.forFeature(userById)], providers: [UsersService] })
 * export class UsersModule {}
 */
@Module({})
export class CacheModule {
  /** Provides the caches of the application. @throws {CacheError} `CACHE_OPTIONS_INVALID` at boot, listing every problem. */
  static forRoot(options: CacheModuleOptions = {}): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Provides the caches of the application, with options from other providers. @throws as {@link forRoot}. */
  static forRootAsync({ imports = [], inject = [], useFactory }: CacheModuleAsyncOptions): DynamicModule {
    return {
      module: CacheModule,
      global: true,
      imports: [...imports, HttpCacheModule],
      providers: [
        {
          provide: RuntimeProvider,
          inject: [{ token: REDIS_CONNECTION, optional: true }, ...inject],
          useFactory: (redis: RedisConnection | null | undefined, ...injected: never[]) =>
            new RuntimeProvider(redis ?? null, checkOptions(useFactory(...injected))),
        },
        {
          provide: CacheRegistry,
          inject: [RuntimeProvider],
          useFactory: ({ runtime }: RuntimeProvider) => new CacheRegistry(runtime),
        },
        {
          provide: MissingPrincipalDetector,
          inject: [RuntimeProvider],
          useFactory: ({ missingPrincipals }: RuntimeProvider) => missingPrincipals,
        },
        CachedRoutes,
        HttpCacheInterceptor,
      ],
      exports: [CacheRegistry, MissingPrincipalDetector, CachedRoutes, HttpCacheInterceptor, HttpCacheModule],
    };
  }

  /**
   * Registers caches for injection into the providers of a module, and for cached routes.
   *
   * @throws {CacheError} `CACHE_NAME_TAKEN` at boot, when two caches have the same name.
   */
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
