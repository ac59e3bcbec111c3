import { Injectable, Module } from '@nestjs/common';
import { CacheModule, type CacheOf, defineCache, InjectCache } from '@nuthatch/cache';
import { Database, type User } from './database.js';

export const userById = defineCache<User>('users.byId', { ttl: '30s' });

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly cache: CacheOf<typeof userById>,
    private readonly db: Database,
  ) {}

  find(id: string) {
    return this.cache.readThrough(id, () => this.db.find(id));
  }
  rename(id: string, name: string) {
    return this.cache.writeThrough(id, () => this.db.rename(id, name));
  }
}

@Module({
  imports: [CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [userById] })],
  providers: [UsersService, Database],
})
export class AppModule {}
