import type { CacheDefinition } from '../core/policy/define-cache.js';
import type { TypeEquals } from '../core/policy/type-equals.js';
import { type CacheResponseOptions, cachedRoute, type KeySource } from './route/cached-route.js';

/** Names the metadata in which {@link CacheResponse} stores the {@link CachedRoute} of a handler, for programs that read routes. */
export const CACHED_ROUTE = Symbol('CACHED_ROUTE');
/** Names the member of Fastify's route configuration that holds the cached route. */
export const FASTIFY_CACHED_ROUTE = Symbol('FASTIFY_CACHED_ROUTE');

/** The metadata that Nest's Fastify adapter reads the configuration of a route from. */
const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';

type Handler = (...args: never[]) => unknown;

/** Accepts a handler that returns exactly `V`. Any other type, `any` and wider types included, does not compile. */
type HandlerOf<V, Method extends Handler> =
  TypeEquals<Awaited<ReturnType<Method>>, V> extends true
    ? TypedPropertyDescriptor<Method>
    : { readonly 'the handler must return exactly the value type of the cache': V };

/**
 * Answers a route with the value of `definition` under `key`: `HttpCacheInterceptor` replays the entry, and a write to that cache
 * invalidates the answer of the route.
 *
 * The trap: interceptors run before pipes, so `key` receives the raw request, and the cache's key schema validates its result. If the
 * schema rejects the result or `key` throws, the request bypasses the cache: its pipes and its handler answer.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID` when the cache has a codec: only JSON text can be replayed.
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
    // A decorator below may have replaced the method: the descriptor has the new one, the class has not yet.
    const method: unknown = Reflect.get(handler, 'value');
    if (typeof method !== 'function') return;
    // One decorator may be applied to several handlers, and each handler needs a route of its own.
    const own = { ...route };
    Reflect.defineMetadata(CACHED_ROUTE, own, method);
    const config: object = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, method) ?? {};
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG, { ...config, [FASTIFY_CACHED_ROUTE]: own }, method);
  };
}
