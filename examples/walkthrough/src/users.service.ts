import { Injectable, NotFoundException } from '@nestjs/common';
import { type CacheOf, InjectCache } from '@nuthatch/cache';
import { Pool } from 'pg';
import { type User, userById } from './users.cache.js';

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly cache: CacheOf<typeof userById>,
    private readonly pool: Pool,
  ) {}

  async find(id: string): Promise<User> {
    const select = 'select * from users where id = $1';
    const user = await this.cache.readThrough(id, async () => (await this.pool.query<User>(select, [id])).rows[0]);
    if (!user) throw new NotFoundException();
    return user;
  }
}
