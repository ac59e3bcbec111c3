import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { CacheResponse, HttpCacheInterceptor } from '@nuthatch/cache';
import { origin } from '../server/origin.js';
import type { User } from '../server/user.js';
import { serve, userById } from './nuthatch.js';

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
class UsersController {
  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'], { early: true })
  find(@Param('id') id: string): Promise<User> {
    return origin.find(id);
  }
}

/** Serves hits before Nest's pipeline. */
export const serveEarly = serve(UsersController, 'Fastify');
