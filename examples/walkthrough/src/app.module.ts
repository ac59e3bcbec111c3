import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { Pool } from 'pg';
import { redis } from './redis.js';
import { shortLived, userIdByEmail, userNames } from './user-lists.cache.js';
import { userById } from './users.cache.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

const definitions = [userById, userNames, userIdByEmail, shortLived];
const connectionString = process.env['DATABASE_URL'];

@Module({
  imports: [CacheModule.forRoot({ redis, caches: definitions, namespace: 'walk' })],
  controllers: [UsersController], // step 8
  providers: [UsersService, { provide: Pool, useFactory: () => new Pool({ connectionString }) }],
})
export class AppModule implements OnApplicationShutdown {
  constructor(private readonly pool: Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
