import { Logger, Module, type NestModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, ExternalContextCreator, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { CacheError } from '../core/errors.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { type CachedHandler, RouteHandler } from './boot/route-handler.js';
import { FastPath } from './fastify/fast-path.js';
import { differingForms } from './boot/serializer-rules.js';
import { problemsOf, warningsOf } from './boot/route-rules.js';

/** What cached routes need of the application's start: a look at each of them, and the early path. */
@Module({})
export class HttpCacheModule implements NestModule, OnApplicationBootstrap {
  readonly #early: FastPath;

  constructor(
    private readonly caches: CacheRegistry,
    private readonly adapterHost: HttpAdapterHost,
    private readonly modules: ModulesContainer,
    private readonly contexts: ExternalContextCreator,
  ) {
    this.#early = new FastPath(caches, adapterHost);
  }

  /** Nest calls this before the first route is added … */
  configure(): void {
    if (this.adapterHost.httpAdapter) this.#early.install();
  }

  /** … and this after the last one. @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem of every route. */
  onApplicationBootstrap(): void {
    if (!this.adapterHost.httpAdapter) return;
    const routes = RouteHandler.all(this.modules, configOf(this.contexts));
    const handlers = routes.filter((handler) => handler.isCached());
    const problems = [
      ...handlers.flatMap((handler) => this.#problemsOf(handler).map((problem) => `${handler.name} ${problem}`)),
      ...differingForms(handlers),
    ];
    if (problems.length > 0) {
      throw new CacheError('CACHE_OPTIONS_INVALID', `Cached routes are not valid:\n- ${problems.join('\n- ')}`);
    }
    this.#early.enable(handlers);
    const logger = new Logger('Cache');
    for (const handler of routes) {
      for (const warning of warningsOf(handler)) logger.warn(`${handler.name} ${warning}`);
    }
  }

  #problemsOf(handler: CachedHandler): string[] {
    const problems = problemsOf(handler);
    if (!handler.excluded && !isRegistered(this.caches, handler)) {
      problems.push(
        'has a cache that no module registers: add CacheModule.forFeature(…) with it to the imports of a module',
      );
    }
    const obstacle = handler.route.early ? this.#early.blockerOf(handler) : undefined;
    if (obstacle !== undefined) problems.push(`is "early", but ${obstacle}`);
    return problems;
  }
}

/** Whether requests of a handler will find its cache. */
function isRegistered(caches: CacheRegistry, { route }: CachedHandler): boolean {
  try {
    return caches.find(route.definition) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The guards and interceptors of the whole application. Nest injects them nowhere, so they are taken from who has them; should that
 * ever be somebody else, no application with caches starts, rather than one whose guards nobody saw.
 */
function configOf(contexts: ExternalContextCreator): ApplicationConfig {
  const config: unknown = Reflect.get(Reflect.get(contexts, 'guardsContextCreator'), 'config');
  if (config instanceof ApplicationConfig) return config;
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    'This release of Nest keeps its global guards where they cannot be seen.',
  );
}
