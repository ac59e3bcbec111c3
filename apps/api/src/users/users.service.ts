import { Injectable } from '@nestjs/common';
import { Cache, InjectCache, ReadThrough, type WriteBody } from '@nuthatch/cache';
import { uuidV7 } from '../database/uuid-v7.js';
import { isEmptyPatch } from '../optimistic-locking/empty-patch.js';
import { Cursors } from '../paging/cursors.js';
import type { User, UsersBatch, UsersPage, UsersStats } from './user.js';
import { UsersListRepository } from './users-list.repository.js';
import { userByEmail, userById, usersPage, usersStats, usersTag, userTag } from './users.cache.js';
import type { CreateUser, UpdateUser } from './users.dto.js';
import { EmailChanged, TooManyIds, UserNotFound } from './users.errors.js';
import { userOrderings, type UsersPageQuery } from './users.queries.js';
import { UsersRepository } from './users.repository.js';

const mostIds = 100;
const mostDomains = 100;

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly byId: Cache<string, User>,
    @InjectCache(userByEmail) private readonly byEmail: Cache<string, User>,
    private readonly users: UsersRepository,
    private readonly lists: UsersListRepository,
  ) {}

  /** @throws UserNotFound */
  async find(id: string): Promise<User> {
    const user = await this.byId.readThrough(id, () => this.users.findById(id));
    if (!user) throw new UserNotFound(id);
    return user;
  }

  /** Finds the user with this address, in any letter case. @throws UserNotFound */
  async findByEmail(email: string): Promise<User> {
    const user = await this.byEmail.readThrough(email, () => this.users.findByEmail(email));
    if (!user) throw new UserNotFound();
    return user;
  }

  /** Finds several users with one round trip and one query. Only the first of repeated ids counts. @throws TooManyIds */
  async findMany(ids: readonly string[]): Promise<UsersBatch> {
    if (ids.length > mostIds) throw new TooManyIds(ids.length, mostIds);
    const unique = [...new Set(ids)];
    const found = await this.byId.readThroughMany(unique, (misses) => this.users.findByIds(misses));
    return {
      data: found.filter((user) => user !== undefined),
      missing: unique.filter((_, index) => found[index] === undefined),
    };
  }

  @ReadThrough(usersPage, (query) => query)
  async findPage(query: UsersPageQuery): Promise<UsersPage> {
    const { limit, cursor, sort, q } = query;
    const cursors = new Cursors(`users:${q ?? ''}`, userOrderings[sort]);
    // One user more than the limit shows whether there is a next page.
    const found = await this.lists.findAfter(cursors.after(cursor), limit + 1, query);
    return cursors.page(found, limit);
  }

  @ReadThrough(usersStats, () => ({}))
  stats(): Promise<UsersStats> {
    return this.lists.countByDomain(mostDomains);
  }

  /** @throws EmailTaken */
  create(details: CreateUser): Promise<User> {
    const id = uuidV7();
    const write = invalidatingEmails([details.email], () => this.users.create(id, details));
    return this.byId.writeThrough(id, write, tagsOf(id));
  }

  /** Changes one of these `versions`, or any version when it is `undefined`. @throws UserNotFound, VersionMismatch, EmailTaken */
  update(id: string, change: UpdateUser, versions?: readonly number[]): Promise<User> {
    if (isEmptyPatch(change)) return this.users.findVersion(id, versions);
    return this.withCurrentEmail(id, (email) => {
      const write = () => this.users.update(id, change, { versions, email });
      return this.byId.writeThrough(id, invalidatingEmails([email, change.email ?? email], write), tagsOf(id));
    });
  }

  /** Removes one of these `versions`, or any version when it is `undefined`. @throws UserNotFound, VersionMismatch */
  remove(id: string, versions?: readonly number[]): Promise<void> {
    return this.withCurrentEmail(id, (email) => {
      const write = () => this.users.remove(id, { versions, email });
      return this.byId.writeInvalidate(id, invalidatingEmails([email], write), tagsOf(id));
    });
  }

  /**
   * Runs a write with the current address of the user. The write invalidates the entry of that address, and its statement
   * expects the address: if another write changes the address in between, nothing is written and `write` runs again.
   *
   * @throws UserNotFound
   */
  private async withCurrentEmail<T>(id: string, write: (email: string) => Promise<T>): Promise<T> {
    for (;;) {
      const user = await this.users.findById(id);
      if (!user) throw new UserNotFound(id);
      try {
        return await write(user.email);
      } catch (error) {
        if (!(error instanceof EmailChanged)) throw error;
      }
    }
  }
}

/** Announces the invalidation of these addresses before `write` runs: no reader stores the user that the write replaces. */
function invalidatingEmails<T>(emails: readonly string[], write: () => Promise<T>): WriteBody<T> {
  return async (tx) => {
    await Promise.all([...new Set(emails)].map((email) => tx.invalidate(userByEmail, email)));
    return write();
  };
}

/** Every list may contain the written user. Entries of other modules that contain it carry its own tag. */
function tagsOf(id: string) {
  return { tags: [usersTag, userTag(id)] };
}
