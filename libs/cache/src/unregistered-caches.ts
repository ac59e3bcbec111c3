import { type DynamicModule, type FactoryProvider, Module, Scope } from '@nestjs/common';
import { INQUIRER, ModulesContainer } from '@nestjs/core';
import type { Cache } from './core/cache.js';
import { CacheRegistry } from './core/cache-registry.js';
import { CacheError } from './core/errors.js';
import type { CacheDefinition } from './core/policy/define-cache.js';
import { type CacheInjectionToken, injectionTokens } from './core/policy/injection-token.js';

/**
 * Answers for the caches that a decorator injects into a module which cannot see their registration: with the cache, if another
 * module registers it, and otherwise with an error that names the missing line. Nest's own error would name a symbol.
 */
@Module({})
export class UnregisteredCaches {
  /** Resolves once the decorators of the file that called it have run. */
  static async module(): Promise<DynamicModule> {
    await Promise.resolve();
    const tokens = injectionTokens();
    return {
      module: UnregisteredCaches,
      global: true,
      providers: tokens.map(provider),
      exports: tokens.map(({ token }) => token),
    };
  }
}

function provider({ definition, token }: CacheInjectionToken): FactoryProvider<Cache<unknown, unknown>> {
  return {
    provide: token,
    // Nest calls the factory of a transient provider only where it is injected.
    scope: Scope.TRANSIENT,
    inject: [INQUIRER, ModulesContainer, CacheRegistry],
    useFactory: (inquirer: object, modules: ModulesContainer, registry: CacheRegistry) => {
      if (isRegistered(definition, modules)) return registry.register(definition);
      throw new CacheError(
        'CACHE_NOT_REGISTERED',
        `${inquirer.constructor.name} injects the cache "${definition.name}", which no module registers. Add the definition ` +
          `to the caches of the application, CacheModule.forRoot({ caches: [ … ] }), or add CacheModule.forFeature( … ) with it ` +
          `to the imports of the module of ${inquirer.constructor.name}.`,
      );
    },
  };
}

function isRegistered({ token }: CacheDefinition<unknown, unknown>, modules: ModulesContainer): boolean {
  return [...modules.values()].some(({ providers }) => providers.has(token));
}
