import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { REDIS_BY_KEYV } from '../../../compare/contenders/keyv-redis.js';
import type { Serve } from '../contender.js';
import { type Adapter, listen } from '../server/listen.js';
import { origin } from '../server/origin.js';
import { TTL_MS, type User } from '../server/user.js';

@Controller('users')
@UseInterceptors(CacheInterceptor)
class UsersController {
  @Get(':id')
  find(@Param('id') id: string): Promise<User> {
    return origin.find(id);
  }
}

/** Serves as the documentation of Nest shows. */
export function serveOn(adapter: Adapter): Serve {
  return async (where) => {
    const cache = CacheModule.register({ stores: [REDIS_BY_KEYV.defaults.open(where.redisUrl)], ttl: TTL_MS });
    await listen(adapter, { imports: [cache], controllers: [UsersController] }, where);
  };
}
