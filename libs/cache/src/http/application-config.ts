import { ApplicationConfig, type ExternalContextCreator } from '@nestjs/core';
import { CacheError } from '../core/errors.js';

/**
 * Returns the global guards, the global interceptors and the versioning of the application. Nest does not inject them, so they come
 * from a private member of Nest. On a release of Nest without that member, an application with caches does not start, because its
 * guards cannot be checked.
 */
export function configOf(contexts: ExternalContextCreator): ApplicationConfig {
  const config: unknown = Reflect.get(Reflect.get(contexts, 'guardsContextCreator'), 'config');
  if (config instanceof ApplicationConfig) return config;
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    'This release of Nest hides its global guards, so cached routes cannot be checked. Use a supported release of Nest.',
  );
}
