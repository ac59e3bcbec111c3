import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { CacheResponse, HttpCacheInterceptor } from '@nuthatch/cache';
import { type User, userById } from './users.cache.js';
import { UsersService } from './users.service.js';

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  findOne(@Param('id') id: string): Promise<User> {
    return this.users.find(id);
  }
}
