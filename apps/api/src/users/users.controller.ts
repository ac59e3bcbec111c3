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

  @Operation({ summary: 'Lists users', response: usersPageSchema, problems: ['invalid-cursor'], headers: ['Link'] })
  @Get()
  @CacheResponse(usersPage, ({ query }) => query, {
    headers: ({ page }, { query }) => pageLinks('/users', usersPageQuery.parse(query), page),
  })
  findPage(@Query({ schema: usersPageQuery }) query: UsersPageQuery): Promise<UsersPage> {
    return this.users.findPage(query);
  }

  // The static paths come before `:id`: routes are tried in the order of declaration.
  @Operation({
    summary: 'Finds several users by their ids',
    response: usersBatchSchema,
    problems: ['too-many-ids'],
    headers: ['Cache-Control'],
  })
  @Get('batch')
  @Header('Cache-Control', 'private, no-cache')
  findMany(@Query({ schema: usersBatchQuery }) { ids }: UsersBatchQuery): Promise<UsersBatch> {
    return this.users.findMany(ids);
  }

  @Operation({ summary: 'Finds a user by the e-mail address', response: userSchema, problems: ['user-not-found'] })
  @Get('lookup')
  @CacheResponse(userByEmail, ({ query }) => userLookupQuery.parse(query).email)
  findByEmail(@Query({ schema: userLookupQuery }) { email }: UserLookupQuery): Promise<User> {
    return this.users.findByEmail(email);
  }

  @Operation({ summary: 'Counts users by the domain of their address', response: usersStatsSchema })
  @Get('stats')
  @CacheResponse(usersStats, ({ query }) => query)
  stats(@Query({ schema: statsQuery }) _query: StatsQuery): Promise<UsersStats> {
    return this.users.stats();
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
  create(@Body({ schema: createUserSchema }) details: CreateUser): Promise<User> {
    return this.users.create(details);
  }

  @Operation({ summary: 'Replaces a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  @Put(':id')
  @UseInterceptors(userHeaders)
  replace(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: createUserSchema }) details: CreateUser,
    @IfMatch(userEtags) versions: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, details, versions);
  }

  @Operation({ summary: 'Changes a user', response: userSchema, problems: ['user-not-found', 'email-taken'] })
  @Patch(':id')
  @UseInterceptors(userHeaders)
  change(
    @Param('id', { schema: userId }) id: string,
    @Body({ schema: updateUserSchema }) change: UpdateUser,
    @IfMatch(userEtags) versions: readonly number[] | undefined,
  ): Promise<User> {
    return this.users.update(id, change, versions);
  }

  @Operation({ summary: 'Deletes a user', problems: ['user-not-found'] })
  @Delete(':id')
  @HttpCode(204)
  remove(
    @Param('id', { schema: userId }) id: string,
    @IfMatch(userEtags) versions: readonly number[] | undefined,
  ): Promise<void> {
    return this.users.remove(id, versions);
  }
}
