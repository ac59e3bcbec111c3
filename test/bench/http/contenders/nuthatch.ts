import { Controller, Get, Param, type Type, UseInterceptors } from '@nestjs/common';
import {
  CacheModule,
  type CacheModuleOptions,
  CacheResponse,
  defineCache,
  HttpCacheInterceptor,
} from '@nuthatch/cache';
import { RedisModule } from '@nuthatch/redis';
import { z } from 'zod';
import type { Serve } from '../contender.js';
import { type Adapter, listen } from '../nest.js';
import { origin } from '../origin.js';
import type { User } from '../user.js';

export const userById = defineCache<string, User>({
  name: 'users.byId',
  version: 1,
  key: z.uuid(),
  ttl: '1h',
  etag: (user) => `${user.version}-1`,
});

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
class UsersController {
  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  find(@Param('id') id: string): Promise<User> {
    return origin.find(id);
  }
}

/** No request is to time out because the machine is busy: the clients of the others wait without an end too. */
const PATIENT_MS = 2_000;

/** Through the interceptor. */
export function serveOn(adapter: Adapter, options: CacheModuleOptions = {}): Serve {
  return serve(UsersController, adapter, options);
}

export function serve(controller: Type, adapter: Adapter, options: CacheModuleOptions = {}): Serve {
  return async (where) => {
    const topology = { mode: 'single', url: where.redisUrl } as const;
    const imports = [
      RedisModule.forRoot({ topology, operationTimeoutMs: PATIENT_MS }),
      CacheModule.forRoot(options),
      CacheModule.forFeature(userById),
    ];
    await listen(adapter, { imports, controllers: [controller] }, where);
  };
}
