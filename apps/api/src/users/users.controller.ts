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

  @Operation({
    summary: 'Lists users',
    response: userList,
    problems: ['invalid-cursor', 'too-many-ids'],
    headers: ['Link'],
  })
  @Get()
  @CacheResponse(usersPage, ({ query }) => query, { headers: listLinks })
  findAll(@Query({ schema: usersQuery }) query: UsersQuery): Promise<UserList> {
    return this.lists.find(query);
  }

  // Before `:id`, which would take it for an id where routes are tried in their order.
  @Operation({ summary: 'Counts users by the domain of their address', response: usersStatsSchema })
  @Get('stats')
  @CacheResponse(usersStats, ({ query }) => query)
  stats(@Query({ schema: statsQuery }) _query: StatsQuery): Promise<UsersStats> {
    return this.lists.stats();
  }

  @Operation({ summary: 'Finds a user', response: userSchema, problems: ['user-not-found'] })
  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  findOne(@Param('id', { schema: userId }) id: string): Promise<User> {
    return this.users.find(id);
  }

  @Operation({ summary: 'Creates a user', response: userSchema, problems: ['precondition-failed', 'email-taken'] })
  @Post()
  @UseGuards(CreationGuard)
  @UseInterceptors(userHeaders)
  create(@Body({ schema: userDetails }) details: UserDetails): Promise<User> {
    return this.users.create(details);
  }

  @Operation({ summary: 'Replaces a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  @Put(':id')
  @UseInterceptors(userHeaders)
  replace(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: userDetails }) details: UserDetails,
    @AcceptedVersions(userEtags) accepted: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, details, accepted);
  }

  @Operation({ summary: 'Changes a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  @Patch(':id')
  @UseInterceptors(userHeaders)
  change(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: userChange }) change: UserChange,
    @AcceptedVersions(userEtags) accepted: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, change, accepted);
  }

  @Operation({ summary: 'Deletes a user', problems: ['user-not-found'] })
  @Delete(':id')
  @HttpCode(204)
  remove(
    @Param('id', { schema: userId }) id: string,
    @AcceptedVersions(userEtags) accepted: readonly number[] | undefined,
  ): Promise<void> {
    return this.users.remove(id, accepted);
  }
}
