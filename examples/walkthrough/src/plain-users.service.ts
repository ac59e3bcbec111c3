import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { User } from './users.cache.js';

@Injectable()
export class PlainUsersService {
  constructor(private readonly pool: Pool) {}

  async find(id: string): Promise<User | undefined> {
    return (await this.pool.query<User>('select * from users where id = $1', [id])).rows[0];
  }
}
