import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { PagingModule } from '../paging/paging.module.js';
import { UserEmailsService } from './user-emails.service.js';
import { UserListsRepository } from './user-lists.repository.js';
import { UserListsService } from './user-lists.service.js';
import { userById, userIdByEmail, usersPage, usersStats } from './users.cache.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [PagingModule, CacheModule.forFeature(userById, userIdByEmail, usersPage, usersStats)],
  controllers: [UsersController],
  providers: [UsersService, UserEmailsService, UserListsService, UsersRepository, UserListsRepository],
  exports: [UsersService],
})
export class UsersModule {}
