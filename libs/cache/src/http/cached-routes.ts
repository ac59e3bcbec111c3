import { Injectable } from '@nestjs/common';
import { ExternalContextCreator, Reflector } from '@nestjs/core';
import { CacheRegistry } from '../core/cache-registry.js';
import { configOf } from './application-config.js';
import { CACHED_ROUTE } from './cache-response.decorator.js';
import { EdgeHeaders } from './headers/edge-headers.js';
import { NO_CACHE } from './no-cache.decorator.js';
import type { CachedRoute, RouteCache } from './route/cached-route.js';
import { selectedBy, versionHeaderOf } from './route/version-header.js';

/** The decorators of one handler. */
export interface HandlerCaching {
  /** Whether `@NoCache` excludes it. */
  readonly excluded: boolean;
  readonly cached: RouteCache | undefined;
}

/** Finds the cached route of each handler, and memoises it: reading metadata costs more than a cache hit. */
@Injectable()
export class CachedRoutes {
  /** By controller and handler. */
  readonly #known = new Map<object, Map<object, HandlerCaching>>();

  constructor(
    private readonly caches: CacheRegistry,
    private readonly reflector: Reflector,
    private readonly contexts: ExternalContextCreator,
    private readonly edge: EdgeHeaders,
  ) {}

  /** @throws {CacheError} `CACHE_NOT_REGISTERED` if no module registers the cache of the route. */
  of(controller: Parameters<Reflector['get']>[1], handler: Parameters<Reflector['get']>[1]): HandlerCaching {
    const handlers = this.#known.get(controller) ?? new Map<object, HandlerCaching>();
    const known = handlers.get(handler);
    if (known) return known;
    const excluded = this.reflector.getAllAndOverride<true | undefined>(NO_CACHE, [handler, controller]) ?? false;
    const declared = excluded ? undefined : this.reflector.get<CachedRoute | undefined>(CACHED_ROUTE, handler);
    const found = { excluded, cached: declared && this.withCache(declared) };
    this.#known.set(controller, handlers.set(handler, found));
    return found;
  }

  /** Returns a route as it is answered, with its cache. @throws {CacheError} `CACHE_NOT_REGISTERED` if no module registers the cache. */
  withCache(declared: CachedRoute): RouteCache {
    const route = selectedBy(versionHeaderOf(configOf(this.contexts)), declared);
    const edge = route.edgeSeconds === undefined ? undefined : this.edge;
    return { route, cache: this.caches.find(route.definition), edge };
  }
}
