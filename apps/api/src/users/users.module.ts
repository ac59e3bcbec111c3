import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { UsersListRepository } from './users-list.repository.js';
import { userByEmail, userById, usersPage, usersStats } from './users.cache.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [CacheModule.forFeature(userById, userByEmail, usersPage, usersStats)],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, UsersListRepository],
  exports: [UsersService],
})
export class UsersModule {}
