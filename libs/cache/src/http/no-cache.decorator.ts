import { SetMetadata } from '@nestjs/common';

export const NO_CACHE = Symbol('NO_CACHE');

/**
 * Takes a route, or every route of a controller, out of the cache: nothing is read from it, nothing is stored, and
 * `Cache-Control: no-store` (RFC 9111 §5.2.2.5) says so to everyone on the way. It wins over `@CacheResponse`, inherited ones too.
 *
 * The trap: it is `HttpCacheInterceptor` that says so. Where that does not cover a route, nothing is said, and a
 * warning at boot names the route.
 *
 * @example
 * @Get('me')
 * @NoCache()
 * me(@Req() request: Request) { return request.user; }
 */
export const NoCache = (): ClassDecorator & MethodDecorator => SetMetadata(NO_CACHE, true);
