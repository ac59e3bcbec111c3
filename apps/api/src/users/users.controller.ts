import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
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
import { CreationGuard } from '../optimistic-locking/creation.guard.js';
import { IfMatch } from '../optimistic-locking/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../optimistic-locking/resource-headers.interceptor.js';
import { pageLinks } from '../paging/page-links.js';
import { userEtags, userSchema, usersBatchSchema, usersPageSchema, usersStatsSchema } from './user.js';
import type { User, UsersBatch, UsersPage, UsersStats } from './user.js';
import { userByEmail, userById, usersPage, usersStats } from './users.cache.js';
import { type CreateUser, createUserSchema, type UpdateUser, updateUserSchema, userId } from './users.dto.js';
import { statsQuery, userLookupQuery, usersBatchQuery, usersPageQuery } from './users.queries.js';
import type { StatsQuery, UserLookupQuery, UsersBatchQuery, UsersPageQuery } from './users.queries.js';
import { UsersService } from './users.service.js';

const userHeaders = new ResourceHeadersInterceptor('/users', userEtags);

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @CacheResponse(usersPage, ({ query }) => query, {
    headers: ({ page }, { query }) => pageLinks('/users', usersPageQuery.parse(query), page),
  })
  @Operation({ summary: 'Lists users', response: usersPageSchema, problems: ['invalid-cursor'], headers: ['Link'] })
  findPage(@Query({ schema: usersPageQuery }) query: UsersPageQuery): Promise<UsersPage> {
    return this.users.findPage(query);
  }

  // The static paths stand before `:id`, for routers that try routes in their order.
  @Get('batch')
  @Header('Cache-Control', 'private, no-cache')
  @Operation({ summary: 'Finds several users by their ids', response: usersBatchSchema, problems: ['too-many-ids'] })
  findMany(@Query({ schema: usersBatchQuery }) { ids }: UsersBatchQuery): Promise<UsersBatch> {
    return this.users.findMany(ids);
  }

  @Get('lookup')
  @CacheResponse(userByEmail, ({ query }) => userLookupQuery.parse(query).email)
  @Operation({ summary: 'Finds a user by the e-mail address', response: userSchema, problems: ['user-not-found'] })
  findByEmail(@Query({ schema: userLookupQuery }) { email }: UserLookupQuery): Promise<User> {
    return this.users.findByEmail(email);
  }

  @Get('stats')
  @CacheResponse(usersStats, ({ query }) => query)
  @Operation({ summary: 'Counts users by the domain of their address', response: usersStatsSchema })
  stats(@Query({ schema: statsQuery }) _query: StatsQuery): Promise<UsersStats> {
    return this.users.stats();
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
  create(@Body({ schema: createUserSchema }) details: CreateUser): Promise<User> {
    return this.users.create(details);
  }

  @Put(':id')
  @UseInterceptors(userHeaders)
  @Operation({ summary: 'Replaces a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  replace(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: createUserSchema }) details: CreateUser,
    @IfMatch(userEtags) versions: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, details, versions);
  }

  @Patch(':id')
  @UseInterceptors(userHeaders)
  @Operation({ summary: 'Changes a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  change(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: updateUserSchema }) change: UpdateUser,
    @IfMatch(userEtags) versions: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, change, versions);
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({ summary: 'Deletes a user', problems: ['user-not-found'] })
  remove(
    @Param('id', { schema: userId }) id: string,
    @IfMatch(userEtags) versions: readonly number[] | undefined,
  ): Promise<void> {
    return this.users.remove(id, versions);
  }
}
