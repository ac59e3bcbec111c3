import { SetMetadata } from '@nestjs/common';

export const NO_CACHE = Symbol('NO_CACHE');

/**
 * Excludes a route, or every route of a controller, from the cache: its answers are neither read from the cache nor stored, and have
 * `Cache-Control: no-store` (RFC 9111 §5.2.2.5). It overrides `@CacheResponse`, also an inherited one.
 *
 * The trap: `HttpCacheInterceptor` sets that header. A route that the interceptor does not cover is sent without it, and a warning
 * at boot names the route.
 *
 * @example
 * @Get('me')
 * @NoCache()
 * me(@Req() request: Request) { return request.user; }
 */
export const NoCache = (): ClassDecorator & MethodDecorator => SetMetadata(NO_CACHE, true);
