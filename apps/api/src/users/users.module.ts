import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { AppConfig } from '../app.config.js';
import { Cursors } from '../paging/cursors.js';
import { userById, usersPage } from './users.cache.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [CacheModule.forFeature(userById, usersPage)],
  controllers: [UsersController],
  providers: [
    UsersService,
    UsersRepository,
    { provide: Cursors, useFactory: (config: AppConfig) => new Cursors(config.cursorSecret), inject: [AppConfig] },
  ],
})
export class UsersModule {}
