import { CACHE_MANAGER, CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Inject, Param, Patch, UseInterceptors } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { REDIS_BY_KEYV } from '../../../compare/contenders/keyv-redis.js';
import type { Serve } from '../contender.js';
import { type Adapter, listen } from '../server/listen.js';
import { origin } from '../server/origin.js';
import { TTL_MS, type User } from '../server/user.js';

@Controller('users')
@UseInterceptors(CacheInterceptor)
class UsersController {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  @Get(':id')
  find(@Param('id') id: string): Promise<User> {
    return origin.find(id);
  }

  @Patch(':id')
  async change(@Param('id') id: string): Promise<User> {
    const user = await origin.change(id);
    // The interceptor stores a response under the path of its request.
    await this.cache.del(`/users/${id}`);
    return user;
  }
}

/** Serves as the documentation of Nest shows. */
export function serveOn(adapter: Adapter): Serve {
  return async (where) => {
    const cache = CacheModule.register({ stores: [REDIS_BY_KEYV.defaults.open(where.redisUrl)], ttl: TTL_MS });
    await listen(adapter, { imports: [cache], controllers: [UsersController] }, where);
  };
}
