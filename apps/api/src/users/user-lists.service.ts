import { Injectable } from '@nestjs/common';
import { Cache, InjectCache, ReadThrough } from '@nuthatch/cache';
import { Cursors, invalidCursor } from '../paging/cursors.js';
import type { Page } from '../paging/page.js';
import type { PageQuery } from '../paging/page-query.js';
import type { UserList, UsersStats } from './user-lists.js';
import type { User } from './user.js';
import { UserListsRepository } from './user-lists.repository.js';
import { usersPage, usersStats } from './users.cache.js';
import type { EmailQuery, UsersQuery } from './users.queries.js';
import { UsersService } from './users.service.js';

/** The order of the list, named in its cursors. */
const order = 'users:createdAt,id';

const mostDomains = 100;

/** What is asked about users in general. */
@Injectable()
export class UserListsService {
  constructor(
    @InjectCache(usersPage) private readonly pages: Cache<PageQuery, UserList>,
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

  private async loadPage({ limit, cursor }: PageQuery): Promise<Page<User>> {
    // One more than asked for tells whether there is a next page.
    const found = await this.lists.findAfter(this.cursors.after(order, cursor), limit + 1);
    return this.cursors.page(order, found, limit);
  }
}
