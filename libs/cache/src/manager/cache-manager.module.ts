import { type CacheManagerOptions, CacheModule } from '@nestjs/cache-manager';
import { type DynamicModule, Module } from '@nestjs/common';
import { KeyvFactory } from './keyv-factory.js';
import { KeyvModule } from './keyv.module.js';

/**
 * Provides `CACHE_MANAGER` of `@nestjs/cache-manager` to every module of the application, over L1 and Redis.
 *
 * The trap: `CacheModule.forRoot` of this library has the tiers. Import it too.
 *
 * @example
 * @Module({ imports: [CacheModule.forRoot({ namespace: 'shop' }), CacheManagerModule.forRoot({ ttl: 60_000 })] })
 * export class AppModule {}
 */
@Module({})
export class CacheManagerModule {
  static forRoot(options: Omit<CacheManagerOptions, 'stores'> = {}): DynamicModule {
    return {
      module: CacheManagerModule,
      imports: [
        KeyvModule,
        CacheModule.registerAsync({
          isGlobal: true,
          inject: [KeyvFactory],
          useFactory: (keyvs: KeyvFactory) => ({ ...options, stores: [keyvs.create()] }),
        }),
      ],
    };
  }
}
