import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { type CacheModuleOptions, checkOptions } from './cache.options.js';
import type { CacheDefinition } from './core/policy/define-cache.js';
import { CacheRegistry } from './core/cache-registry.js';
import { MissingPrincipalDetector } from './devtools/missing-principal-detector.js';
import { HttpCacheModule } from './http/http-cache.module.js';
import { HttpCacheInterceptor } from './http/http-cache.interceptor.js';
import { RuntimeProvider } from './runtime-provider.js';

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
        HttpCacheInterceptor,
      ],
      exports: [CacheRegistry, MissingPrincipalDetector, HttpCacheInterceptor],
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
