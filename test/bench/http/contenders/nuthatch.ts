import {
  type CanActivate,
  Controller,
  type DynamicModule,
  Get,
  Param,
  Patch,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  Cache,
  CacheModule,
  type CacheModuleOptions,
  CacheResponse,
  defineCache,
  HttpCacheInterceptor,
  InjectCache,
} from '@nuthatch/cache';
import { MetricsModule } from '@nuthatch/observability/metrics';
import { z } from 'zod';
import type { Serve } from '../contender.js';
import { type Adapter, listen } from '../server/listen.js';
import { origin } from '../server/origin.js';
import type { User } from '../server/user.js';

export const userById = defineCache<User>('users.byId', {
  key: z.uuid(),
  ttl: '1h',
  etag: (user) => `${user.version}-1`,
});

@Controller('users')
class UsersController {
  constructor(@InjectCache(userById) private readonly byId: Cache<string, User>) {}

  @Get(':id')
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(userById, ({ params }) => params['id'])
  find(@Param('id') id: string): Promise<User> {
    return origin.find(id);
  }

  @Patch(':id')
  change(@Param('id') id: string): Promise<User> {
    return this.byId.writeThrough(id, () => origin.change(id));
  }
}

class AlwaysAllowed implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** Its writes pass the interceptor too, which names the cache groups that they invalidate. */
@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
class GroupsController extends UsersController {
  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  override find(@Param('id') id: string): Promise<User> {
    return super.find(id);
  }
}

@UseGuards(AlwaysAllowed)
class GuardedController extends UsersController {}
Controller('users')(GuardedController);

/** As many as the peers keep in memory. */
const MOST_ENTRIES = 10_000;
/** Long enough that no request times out on a busy machine. The clients of the peers have no timeout either. */
const PATIENT_MS = 2_000;

/** Serves as an application does. */
export function serveOn(adapter: Adapter, options: CacheModuleOptions = {}): Serve {
  return serve(UsersController, adapter, options);
}

/** Serves with the interceptor on the whole controller. */
export function serveGroups(): Serve {
  return serve(GroupsController, 'Fastify');
}

/** Serves behind a guard, so that hits go through the interceptor. */
export function serveGuarded(): Serve {
  return serve(GuardedController, 'Fastify');
}

/** Serves with all metrics, without a scraper. */
export function serveWithMetrics(): Serve {
  return serve(UsersController, 'Fastify', {}, [MetricsModule.forRoot()]);
}

export function serve(
  controller: Type,
  adapter: Adapter,
  options: CacheModuleOptions = {},
  more: readonly DynamicModule[] = [],
): Serve {
  return async (where) => {
    const topology = { mode: 'single', url: where.redisUrl } as const;
    const imports = [
      CacheModule.forRoot({
        redis: { topology, operationTimeoutMs: PATIENT_MS },
        caches: [userById],
        maxEntries: MOST_ENTRIES,
        ...options,
      }),
      ...more,
    ];
    await listen(adapter, { imports, controllers: [controller] }, where);
  };
}
