import { Injectable } from '@nestjs/common';
import { Cache, InjectCache } from '@nuthatch/cache';
import { Cursors } from '../paging/cursors.js';
import type { Page } from '../paging/page.js';
import type { User } from './user.js';
import { userById, usersPage, usersTag } from './users.cache.js';
import type { UserChange, UserDetails, UsersQuery } from './users.dto.js';
import { UserNotFound } from './users.errors.js';
import { UsersRepository } from './users.repository.js';
import { uuidV7 } from './uuid-v7.js';

/** The order of the list, named in its cursors. */
const order = 'users:createdAt,id';

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly cache: Cache<string, User>,
    @InjectCache(usersPage) private readonly pages: Cache<UsersQuery, Page<User>>,
    private readonly users: UsersRepository,
    private readonly cursors: Cursors,
  ) {}

  async find(id: string): Promise<User> {
    const user = await this.cache.readThrough(id, () => this.users.findById(id));
    if (!user) throw new UserNotFound(id);
    return user;
  }

  findPage(query: UsersQuery): Promise<Page<User>> {
    return this.pages.readThrough(query, () => this.loadPage(query));
  }

  create(details: UserDetails): Promise<User> {
    const id = uuidV7();
    return this.cache.writeThrough(id, () => this.users.create(id, details), { tags: [usersTag] });
  }

  /** `accepted`: the versions that may be changed; `undefined` is any. */
  update(id: string, change: UserChange, accepted?: readonly number[]): Promise<User> {
    return this.cache.writeThrough(id, () => this.users.update(id, change, accepted), { tags: [usersTag] });
  }

  remove(id: string, accepted?: readonly number[]): Promise<void> {
    return this.cache.writeAround(id, () => this.users.remove(id, accepted), { tags: [usersTag] });
  }

  private async loadPage({ limit, cursor }: UsersQuery): Promise<Page<User>> {
    const position = cursor === undefined ? undefined : this.cursors.decode(order, cursor);
    // One more than asked for tells whether there is a next page.
    const found = await this.users.findAfter(position, limit + 1);
    const data = found.slice(0, limit);
    const last = found.length > limit ? data.at(-1) : undefined;
    const nextCursor = last ? this.cursors.encode(order, last) : null;
    return { data, page: { limit, nextCursor, hasMore: last !== undefined } };
  }
}
