import { Injectable } from '@nestjs/common';
import { ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { match, type MatchFunction } from 'path-to-regexp';
import type { Cache } from '../core/cache.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { configOf } from './application-config.js';
import { type CachedHandler, RouteHandler } from './boot/route-handler.js';
import type { CachedRoute } from './route/cached-route.js';
import { requestEntry } from './route/request-key.js';

/** The entry that answers a GET of one URL. */
export interface UrlEntry {
  /** The handler of the route, as `Controller.method`. */
  readonly handler: string;
  readonly cache: Cache<unknown, unknown>;
  /** The canonical key of the entry. */
  readonly key: unknown;
  /** Whether requests with other credentials or headers have entries of their own. */
  readonly hasVariants: boolean;
}

type Matcher = MatchFunction<Partial<Record<string, string | string[]>>>;

interface UrlRoute {
  readonly handler: string;
  readonly route: CachedRoute;
  readonly matches: Matcher;
  /** How many of the path's characters a request may not choose: `/users/batch` goes before `/users/:id`. */
  readonly literals: number;
}

/** Finds the entry of a URL, for tools that an operator gives the address of a request instead of a key. */
@Injectable()
export class CachedUrls {
  /** Found when first needed: most applications never ask. */
  #routes: readonly UrlRoute[] | undefined;

  /** @internal */
  constructor(
    private readonly caches: CacheRegistry,
    private readonly modules: ModulesContainer,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /**
   * Returns the entry of a GET without credentials; `undefined` when no cached route has the URL, or its key schema rejects the
   * parameters. `url` is absolute, or a path with an optional query.
   */
  find(url: string): UrlEntry | undefined {
    const parsed = parse(url);
    if (!parsed) return undefined;
    const { pathname, searchParams } = parsed;
    for (const { handler, route, matches } of this.#allRoutes) {
      const found = matches(pathname);
      if (!found) continue;
      const cache = this.caches.find(route.definition);
      const request = { params: found.params, query: queryOf(searchParams), headers: {} };
      const entry = requestEntry({ route, cache }, request)?.entry;
      return entry && { handler, cache, key: entry.key, hasVariants: route.hasVariants };
    }
    return undefined;
  }

  get #allRoutes(): readonly UrlRoute[] {
    this.#routes ??= RouteHandler.all(this.modules, configOf(this.contexts))
      .filter((handler) => handler.isCached())
      .flatMap((handler) => (handler.excluded ? [] : urlRoutesOf(handler)))
      .toSorted((one, other) => other.literals - one.literals);
    return this.#routes;
  }
}

function urlRoutesOf({ name, route, paths }: CachedHandler): UrlRoute[] {
  return paths.flatMap((path) => {
    const matches = matcherOf(path);
    return matches ? [{ handler: name, route, matches, literals: path.replace(/[:*]\w+/g, '').length }] : [];
  });
}

/** Returns a query as Node parses it: a name that comes twice has a list. */
function queryOf(parameters: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** Returns `undefined` for a text that no server accepts as the address of a request. */
function parse(url: string): URL | undefined {
  const parsed = URL.parse(url, 'http://localhost');
  try {
    decodeURIComponent(parsed?.pathname ?? '');
  } catch {
    return undefined;
  }
  return parsed ?? undefined;
}

/** Returns `undefined` for a path in the syntax of an older router, which Nest converts with a warning. */
function matcherOf(path: string): Matcher | undefined {
  try {
    return match(path);
  } catch {
    return undefined;
  }
}
