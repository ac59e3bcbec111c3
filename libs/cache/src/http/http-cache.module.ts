import { Logger, Module, type NestModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { CacheError } from '../core/errors.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { type CachedHandler, RouteHandler } from './boot/route-handler.js';
import { FastPath } from './fastify/fast-path.js';
import { sharedCacheProblemsOf } from './boot/serializer-rules.js';
import { edgeProblemsOf, edgeWarningsOf } from './boot/edge-rules.js';
import { guardWarningsOf } from './boot/guard-rules.js';
import { problemsOf, warningsOf } from './boot/route-rules.js';
import { configOf } from './application-config.js';
import { CachedUrls } from './cached-urls.js';

/** Checks every cached route when the application starts, and enables the fast path. */
@Module({ providers: [FastPath, CachedUrls], exports: [CachedUrls] })
export class HttpCacheModule implements NestModule, OnApplicationBootstrap {
  constructor(
    private readonly caches: CacheRegistry,
    private readonly fastPath: FastPath,
    private readonly modules: ModulesContainer,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /** Installs the fast path. Nest calls this before it adds the first route. */
  configure(): void {
    this.fastPath.install();
  }

  /**
   * Checks the routes, and logs their warnings. Nest calls this after it has added the last route.
   *
   * @throws {CacheError} `CACHE_OPTIONS_INVALID`, listing every problem of every route.
   */
  onApplicationBootstrap(): void {
    if (!this.fastPath.hasServer) return;
    const config = configOf(this.contexts);
    const routes = RouteHandler.all(this.modules, config);
    const handlers = routes.filter((handler) => handler.isCached());
    const problems = [
      ...handlers.flatMap((handler) => this.#problemsOf(handler).map((problem) => `${handler.name} ${problem}`)),
      ...sharedCacheProblemsOf(handlers),
    ];
    if (problems.length > 0) {
      throw new CacheError('CACHE_OPTIONS_INVALID', `Cached routes are not valid:\n- ${problems.join('\n- ')}`);
    }
    this.fastPath.enable(handlers);
    const warnings = [
      ...routes.flatMap((handler) => warningsOf(handler).map((warning) => `${handler.name} ${warning}`)),
      ...handlers.flatMap((handler) => edgeWarningsOf(handler).map((warning) => `${handler.name} ${warning}`)),
      ...guardWarningsOf(handlers),
    ];
    const logger = new Logger('Cache');
    for (const warning of warnings) logger.warn(warning);
  }

  #problemsOf(handler: CachedHandler): string[] {
    const problems = [...problemsOf(handler), ...edgeProblemsOf(handler)];
    if (!handler.excluded && !isRegistered(this.caches, handler)) {
      problems.push(
        'has a cache that no module registers: add CacheModule.forFeature(…) with it to the imports of a module',
      );
    }
    return problems;
  }
}

/** Returns whether a module registers the cache of a handler. */
function isRegistered(caches: CacheRegistry, { route }: CachedHandler): boolean {
  try {
    return caches.find(route.definition) !== undefined;
  } catch {
    return false;
  }
}
