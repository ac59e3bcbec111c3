import { Global, Module } from '@nestjs/common';
import { CacheRegistry } from '../core/cache-registry.js';
import { KeyvFactory } from './keyv-factory.js';

/**
 * Provides {@link KeyvFactory} to every module of the application. Import `CacheModule.forRoot` too, which has the tiers.
 *
 * @example
 * @Module({ imports: [CacheModule.forRoot({ namespace: 'shop' }), KeyvModule] })
 * export class AppModule {}
 */
@Global()
@Module({
  providers: [
    {
      provide: KeyvFactory,
      inject: [CacheRegistry],
      useFactory: (registry: CacheRegistry) => new KeyvFactory(registry),
    },
  ],
  exports: [KeyvFactory],
})
export class KeyvModule {}
