import type { CacheDefinition } from '../core/policy/define-cache.js';
import type { TypeEquals } from '../core/policy/type-equals.js';
import { type CacheResponseOptions, cachedRoute, type KeySource } from './route/cached-route.js';

/** The key of the metadata that {@link CacheResponse} leaves on a handler, for programs that read routes: a {@link CachedRoute}. */
export const CACHED_ROUTE = Symbol('CACHED_ROUTE');
/** Under which Fastify's own route names the cached one. */
export const FASTIFY_CACHED_ROUTE = Symbol('FASTIFY_CACHED_ROUTE');

/** What Nest's Fastify adapter makes the configuration of a route of. */
const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';

type Handler = (...args: never[]) => unknown;

/** Accepts a handler that answers exactly `V`. Anything else, `any` and wider types included, does not compile. */
type HandlerOf<V, Method extends Handler> =
  TypeEquals<Awaited<ReturnType<Method>>, V> extends true
    ? TypedPropertyDescriptor<Method>
    : { readonly 'the handler must answer exactly the value type of the cache': V };

/**
 * Says that the route's answer **is** the value of `definition` under `key`: `HttpCacheInterceptor` replays the entry, and
 * whatever writes to that cache makes the route fresh.
 *
 * The trap: interceptors run before pipes, so `key` sees the raw request. The cache's key schema checks it; a request whose key
 * it refuses, or of which `key` throws, goes on to the handler, where the pipes answer.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID` when the cache has a codec of its own: only JSON text can be replayed.
 * @example
 * @Get(':id')
 * @CacheResponse(userById, ({ params }) => params.id)
 * findOne(@Param('id', { schema: userId }) id: string): Promise<User> { return this.users.find(id); }
 */
export function CacheResponse<K, V>(
  definition: CacheDefinition<K, V>,
  key: (request: KeySource) => unknown,
  options: CacheResponseOptions<K, V> = {},
) {
  const route = cachedRoute(definition, key, options);
  return <Method extends Handler>(_target: object, _name: string | symbol, handler: HandlerOf<V, Method>): void => {
    // What decorators below have made of the method is not the one of the class yet.
    const method: unknown = Reflect.get(handler, 'value');
    if (typeof method !== 'function') return;
    // Its own, where the decorator is kept and put on several.
    const own = { ...route };
    Reflect.defineMetadata(CACHED_ROUTE, own, method);
    const config: object = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, method) ?? {};
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG, { ...config, [FASTIFY_CACHED_ROUTE]: own }, method);
  };
}
