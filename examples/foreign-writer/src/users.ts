import { Injectable, Module } from '@nestjs/common';
import { CacheModule, type CacheOf, defineCache, InjectCache } from '@nuthatch/cache';
import { OutboxModule, passWriteToken } from '@nuthatch/cache/outbox';
import { Pool } from 'pg';

export interface User {
  readonly id: string;
  readonly name: string;
}

export const userById = defineCache<User>('users.byId', { ttl: '30s', from: { table: 'users', key: 'id' } });

export const userNames = defineCache<readonly string[]>('users.names', {
  ttl: '30s',
  tags: () => ['users'],
  from: { table: 'users', tags: ['users'] },
});

export const pool = new Pool({ connectionString: process.env['DATABASE_URL'] });

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly byId: CacheOf<typeof userById>,
    @InjectCache(userNames) private readonly byName: CacheOf<typeof userNames>,
  ) {}

  find(id: string): Promise<User | undefined> {
    return this.byId.readThrough(id, async () => {
      const { rows } = await pool.query<User>('select id, name from users where id = $1', [id]);
      return rows[0];
    });
  }

  names(): Promise<readonly string[]> {
    return this.byName.readThrough('all', async () => {
      const { rows } = await pool.query<User>('select id, name from users order by name');
      return rows.map(({ name }) => name);
    });
  }

  /** Names only the entry of the user. The list has the name too, and the outbox invalidates it. */
  async rename(id: string, name: string): Promise<void> {
    await this.byId.writeInvalidate(id, async () => {
      await pool.query(`update users set name = $2 where id = $1 returning ${passWriteToken()}`, [id, name]);
    });
  }
}

@Module({
  imports: [
    CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [userById, userNames] }),
    OutboxModule.forRoot({ client: pool }),
  ],
  providers: [UsersService],
})
export class UsersModule {}
