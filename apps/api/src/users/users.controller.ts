import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { CacheResponse, HttpCacheInterceptor } from '@nuthatch/cache';
import type { Page } from '../paging/page.js';
import { AcceptedVersions } from './if-match.pipe.js';
import { UserHeadersInterceptor } from './user-headers.interceptor.js';
import type { User } from './user.js';
import { userById, usersPage } from './users.cache.js';
import { userChange, userDetails, userId, usersQuery } from './users.dto.js';
import type { UserChange, UserDetails, UsersQuery } from './users.dto.js';
import { UsersService } from './users.service.js';

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @CacheResponse(usersPage, ({ query }) => query)
  findPage(@Query({ schema: usersQuery }) query: UsersQuery): Promise<Page<User>> {
    return this.users.findPage(query);
  }

  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  findOne(@Param('id', { schema: userId }) id: string): Promise<User> {
    return this.users.find(id);
  }

  @Post()
  @UseInterceptors(UserHeadersInterceptor)
  create(@Body({ schema: userDetails }) details: UserDetails): Promise<User> {
    return this.users.create(details);
  }

  @Put(':id')
  @UseInterceptors(UserHeadersInterceptor)
  replace(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: userDetails }) details: UserDetails,
    @AcceptedVersions() accepted: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, details, accepted);
  }

  @Patch(':id')
  @UseInterceptors(UserHeadersInterceptor)
  change(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: userChange }) change: UserChange,
    @AcceptedVersions() accepted: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, change, accepted);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(
    @Param('id', { schema: userId }) id: string,
    @AcceptedVersions() accepted: readonly number[] | undefined,
  ): Promise<void> {
    return this.users.remove(id, accepted);
  }
}
