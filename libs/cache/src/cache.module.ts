import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { REDIS_CONNECTION, type RedisConnection, RedisModule } from '@nuthatch/redis';
import { type CacheModuleOptions, type CheckedOptions, checkOptions } from './cache.options.js';
import type { CacheDefinition } from './core/policy/define-cache.js';
import { injectionToken } from './core/policy/injection-token.js';
import { CacheError } from './core/errors.js';
import { CacheRegistry } from './core/cache-registry.js';
import { CACHE_RUNTIME, type CacheRuntime } from './core/cache-runtime.js';
import { MissingPrincipalDetector } from './devtools/missing-principal-detector.js';
import { CachedRoutes } from './http/cached-routes.js';
import { ConsistencyCookie } from './http/headers/consistency-token.js';
import { HttpCacheModule } from './http/http-cache.module.js';
import { EdgeHeaders } from './http/headers/edge-headers.js';
import { HttpCacheInterceptor } from './http/http-cache.interceptor.js';
import { RuntimeProvider } from './runtime-provider.js';
import { UnregisteredCaches } from './unregistered-caches.js';

/** Configures {@link CacheModule.forRootAsync}. */
export interface CacheModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'>, Pick<CacheModuleOptions, 'caches'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Receives the providers that `inject` lists, in the same order. */
  readonly useFactory: (...injected: never[]) => ModuleSettings | Promise<ModuleSettings>;
}

/** The options that may come from another provider. Nest must know `caches` before it creates one. */
type ModuleSettings = Omit<CacheModuleOptions, 'caches'>;

const OPTIONS = Symbol('CACHE_OPTIONS');

/**
 * Provides the caches of an application, and the connection to Redis. Import it once with `forRoot`. Caches of one module may be
 * registered there, with `forFeature`.
 *
 * The trap: without `redis`, entries live in this process only, and no other instance receives its invalidations.
 *
 * @example
 * @Module({
 *   imports: [CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [userById] })],
 *   providers: [UsersService],
 * })
 * export class AppModule {}
 */
@Module({})
export class CacheModule {
  /** Provides the caches of the application. @throws {CacheError} `CACHE_OPTIONS_INVALID` at boot, listing every problem. */
  static forRoot({ caches = [], ...options }: CacheModuleOptions = {}): DynamicModule {
    return this.forRootAsync({ caches, useFactory: () => options });
  }

  /** Provides the caches of the application, with options from other providers. @throws as {@link forRoot}. */
  static forRootAsync({ caches = [], imports = [], inject = [], useFactory }: CacheModuleAsyncOptions): DynamicModule {
    const options: DynamicModule = {
      module: CacheModule,
      imports,
      providers: [
        {
          provide: OPTIONS,
          inject,
          useFactory: async (...injected: never[]) => checkOptions(await useFactory(...injected)),
        },
      ],
      exports: [OPTIONS],
    };
    const redis = RedisModule.forRootAsync({
      imports: [options],
      inject: [OPTIONS],
      useFactory: (checked: CheckedOptions) => checked.redis,
    });
    // Nest shuts the modules down in the reverse order, and pending invalidations need the connection.
    return { module: CacheModule, imports: [redis, runtimeModule(options, caches), UnregisteredCaches.module()] };
  }

  /**
   * Registers caches for the providers and the cached routes of a module. Several modules may register one definition.
   *
   * @throws {CacheError} `CACHE_NAME_TAKEN` at boot, when two definitions have the same name.
   */
  static forFeature(...definitions: readonly CacheDefinition<unknown, unknown>[]): DynamicModule {
    return {
      module: CacheModule,
      providers: definitions.flatMap(cacheProviders),
      exports: definitions.flatMap(tokensOf),
    };
  }
}

function runtimeModule(options: DynamicModule, caches: readonly CacheDefinition<unknown, unknown>[]): DynamicModule {
  return {
    module: CacheModule,
    global: true,
    imports: [options, HttpCacheModule],
    providers: [
      {
        provide: RuntimeProvider,
        inject: [REDIS_CONNECTION, OPTIONS, ModulesContainer],
        useFactory: (redis: RedisConnection | null, checked: CheckedOptions, modules: ModulesContainer) => {
          rejectOtherRedis(modules);
          return new RuntimeProvider(redis, checked);
        },
      },
      { provide: CACHE_RUNTIME, inject: [RuntimeProvider], useFactory: ({ runtime }: RuntimeProvider) => runtime },
      {
        provide: CacheRegistry,
        inject: [CACHE_RUNTIME],
        useFactory: (runtime: CacheRuntime) => new CacheRegistry(runtime),
      },
      {
        provide: MissingPrincipalDetector,
        inject: [RuntimeProvider],
        useFactory: ({ missingPrincipals }: RuntimeProvider) => missingPrincipals,
      },
      {
        provide: ConsistencyCookie,
        inject: [OPTIONS],
        useFactory: ({ consistencyCookie, maxStalenessMs }: CheckedOptions) =>
          new ConsistencyCookie(consistencyCookie ? Math.ceil(maxStalenessMs / 1_000) + 1 : undefined),
      },
      {
        provide: EdgeHeaders,
        inject: [CACHE_RUNTIME],
        useFactory: ({ outbox, clock }: CacheRuntime) => new EdgeHeaders(outbox.status, clock),
      },
      CachedRoutes,
      HttpCacheInterceptor,
      ...caches.flatMap(cacheProviders),
    ],
    exports: [
      CACHE_RUNTIME,
      CacheRegistry,
      MissingPrincipalDetector,
      CachedRoutes,
      ConsistencyCookie,
      EdgeHeaders,
      HttpCacheInterceptor,
      HttpCacheModule,
      ...caches.flatMap(tokensOf),
    ],
  };
}

function cacheProviders(definition: CacheDefinition<unknown, unknown>): Provider[] {
  return [
    {
      provide: definition.token,
      inject: [CacheRegistry],
      useFactory: (registry: CacheRegistry) => registry.register(definition),
    },
    { provide: injectionToken(definition), useExisting: definition.token },
  ];
}

function tokensOf(definition: CacheDefinition<unknown, unknown>): symbol[] {
  return [definition.token, injectionToken(definition)];
}

/** Rejects what would open a second connection: the providers of the application could be injected either of the two. */
function rejectOtherRedis(modules: ModulesContainer): void {
  const all = [...modules.values()];
  if (all.filter(({ providers }) => providers.has(RuntimeProvider)).length > 1)
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      'The application imports CacheModule.forRoot more than once. Import it once, and register the caches of another module with ' +
        'CacheModule.forFeature( … ).',
    );
  if (all.filter(({ metatype }) => metatype === RedisModule).length === 1) return;
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    'The application imports RedisModule beside CacheModule, which opens the connection itself. Remove RedisModule from the ' +
      'imports, and pass its options to CacheModule.forRoot({ redis: { … } }).',
  );
}
