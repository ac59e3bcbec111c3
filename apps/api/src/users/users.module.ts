import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { AppConfig } from '../app.config.js';
import { Cursors } from '../paging/cursors.js';
import { UserEmailsService } from './user-emails.service.js';
import { UserListsRepository } from './user-lists.repository.js';
import { UserListsService } from './user-lists.service.js';
import { userById, userIdByEmail, usersPage, usersStats } from './users.cache.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [CacheModule.forFeature(userById, userIdByEmail, usersPage, usersStats)],
  controllers: [UsersController],
  providers: [
    UsersService,
    UserEmailsService,
    UserListsService,
    UsersRepository,
    UserListsRepository,
    { provide: Cursors, useFactory: (config: AppConfig) => new Cursors(config.cursorSecret), inject: [AppConfig] },
  ],
})
export class UsersModule {}
