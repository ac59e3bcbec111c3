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
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { CacheResponse, HttpCacheInterceptor } from '@nuthatch/cache';
import { Operation } from '../http/openapi/operation.decorator.js';
import { CreationGuard } from '../versions/creation.guard.js';
import { AcceptedVersions } from '../versions/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../versions/resource-headers.interceptor.js';
import { listLinks } from './user-list-links.js';
import { type UserList, userList, type UsersStats, usersStatsSchema } from './user-lists.js';
import { type User, userEtags, userSchema } from './user.js';
import { UserListsService } from './user-lists.service.js';
import { userById, usersPage, usersStats } from './users.cache.js';
import { userChange, userDetails, userId } from './users.dto.js';
import type { UserChange, UserDetails } from './users.dto.js';
import { statsQuery, usersQuery } from './users.queries.js';
import type { StatsQuery, UsersQuery } from './users.queries.js';
import { UsersService } from './users.service.js';

const userHeaders = new ResourceHeadersInterceptor('/users', userEtags);

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly lists: UserListsService,
  ) {}

  @Get()
  @CacheResponse(usersPage, ({ query }) => query, { headers: listLinks })
  @Operation({
    summary: 'Lists users',
    response: userList,
    problems: ['invalid-cursor', 'too-many-ids'],
    headers: ['Link'],
  })
  findAll(@Query({ schema: usersQuery }) query: UsersQuery): Promise<UserList> {
    return this.lists.find(query);
  }

  // Before `:id`, which would take it for an id where routes are tried in their order.
  @Get('stats')
  @CacheResponse(usersStats, ({ query }) => query)
  @Operation({ summary: 'Counts users by the domain of their address', response: usersStatsSchema })
  stats(@Query({ schema: statsQuery }) _query: StatsQuery): Promise<UsersStats> {
    return this.lists.stats();
  }

  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  @Operation({ summary: 'Finds a user', response: userSchema, problems: ['user-not-found'] })
  findOne(@Param('id', { schema: userId }) id: string): Promise<User> {
    return this.users.find(id);
  }

  @Post()
  @UseGuards(CreationGuard)
  @UseInterceptors(userHeaders)
  @Operation({ summary: 'Creates a user', response: userSchema, problems: ['precondition-failed', 'email-taken'] })
  create(@Body({ schema: userDetails }) details: UserDetails): Promise<User> {
    return this.users.create(details);
  }

  @Put(':id')
  @UseInterceptors(userHeaders)
  @Operation({ summary: 'Replaces a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  replace(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: userDetails }) details: UserDetails,
    @AcceptedVersions(userEtags) accepted: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, details, accepted);
  }

  @Patch(':id')
  @UseInterceptors(userHeaders)
  @Operation({ summary: 'Changes a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  change(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: userChange }) change: UserChange,
    @AcceptedVersions(userEtags) accepted: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, change, accepted);
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({ summary: 'Deletes a user', problems: ['user-not-found'] })
  remove(
    @Param('id', { schema: userId }) id: string,
    @AcceptedVersions(userEtags) accepted: readonly number[] | undefined,
  ): Promise<void> {
    return this.users.remove(id, accepted);
  }
}
