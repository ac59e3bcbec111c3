import { Injectable } from '@nestjs/common';
import { Cache, InjectCache, ReadThrough } from '@nuthatch/cache';
import { Cursors, invalidCursor } from '../paging/cursors.js';
import type { Page } from '../paging/page.js';
import type { UserList, UsersStats } from './user-lists.js';
import type { User } from './user.js';
import { userOrderings } from './user-sorts.js';
import { UserListsRepository } from './user-lists.repository.js';
import { usersPage, usersStats } from './users.cache.js';
import type { EmailQuery, UsersPageQuery, UsersQuery } from './users.queries.js';
import { UsersService } from './users.service.js';

const mostDomains = 100;

/** What is asked about users in general. */
@Injectable()
export class UserListsService {
  constructor(
    @InjectCache(usersPage) private readonly pages: Cache<UsersPageQuery, UserList>,
    private readonly users: UsersService,
    private readonly lists: UserListsRepository,
    private readonly cursors: Cursors,
  ) {}

  find(query: UsersQuery): Promise<UserList> {
    if ('ids' in query) return this.users.findMany(query.ids);
    if ('email' in query) return this.findHolder(query);
    return this.pages.readThrough(query, () => this.loadPage(query));
  }

  @ReadThrough(usersStats, () => ({}))
  stats(): Promise<UsersStats> {
    return this.lists.countByDomain(mostDomains);
  }

  private async findHolder({ email, limit, cursor }: EmailQuery): Promise<Page<User>> {
    // An address has one holder at most, so its list has no second page.
    if (cursor !== undefined) throw invalidCursor();
    const user = await this.users.findByEmail(email);
    return { data: user ? [user] : [], page: { limit, nextCursor: null, hasMore: false } };
  }

  private async loadPage(query: UsersPageQuery): Promise<Page<User>> {
    const { limit, cursor, sort, q } = query;
    const cursors = this.cursors.of(`users:${q ?? ''}`, userOrderings[sort]);
    // One more than asked for tells whether there is a next page.
    const found = await this.lists.findAfter(cursors.after(cursor), limit + 1, query);
    return cursors.page(found, limit);
  }
}
