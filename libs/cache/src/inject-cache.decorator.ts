import { Inject } from '@nestjs/common';
import type { CacheDefinition } from './core/cache-definition.js';

/**
 * Injects the cache of a definition that the module registered with `CacheModule.forFeature`.
 *
 * @example
 * constructor(@InjectCache(userById) private readonly cache: Cache<string, User>) {}
 */
export function InjectCache<K, V>(definition: CacheDefinition<K, V>): ParameterDecorator & PropertyDecorator {
  return Inject(definition.token);
}
