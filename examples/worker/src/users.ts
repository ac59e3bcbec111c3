import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CacheModule, type CacheOf, defineCache, InjectCache } from '@nuthatch/cache';
import { Pool } from 'pg';

export interface User {
  readonly id: string;
  readonly name: string;
}

export const userById = defineCache<User>('users.byId', { ttl: '30s' });

@Injectable()
export class UsersService implements OnApplicationShutdown {
  readonly pool = new Pool({ connectionString: process.env['DATABASE_URL'] });

  constructor(@InjectCache(userById) private readonly cache: CacheOf<typeof userById>) {}

  find(id: string): Promise<User | undefined> {
    return this.cache.readThrough(id, async () => {
      const { rows } = await this.pool.query<User>('select id, name from users where id = $1', [id]);
      return rows[0];
    });
  }

  /** Writes through the cache, in whichever process it runs: the others receive the invalidation. */
  rename(id: string, name: string): Promise<User> {
    return this.cache.writeThrough(id, async () => {
      const { rows } = await this.pool.query<User>('update users set name = $2 where id = $1 returning id, name', [
        id,
        name,
      ]);
      if (!rows[0]) throw new Error(`There is no user ${id}.`);
      return rows[0];
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** The API and the worker use the same module: same names, same versions, same entries. */
@Module({
  imports: [CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [userById] })],
  providers: [UsersService],
  exports: [UsersService],
})
export class UsersModule {}
