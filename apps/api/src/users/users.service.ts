import { Injectable } from '@nestjs/common';
import { Cache, InjectCache } from '@nuthatch/cache';
import { UserEmailsService } from './user-emails.service.js';
import type { UsersByIds } from './user-lists.js';
import type { User } from './user.js';
import { userById, userTag, usersTag } from './users.cache.js';
import { emailKey, type UserChange, type UserDetails } from './users.dto.js';
import { TooManyIds, UserNotFound } from './users.errors.js';
import { UsersRepository } from './users.repository.js';
import { uuidV7 } from '../database/uuid-v7.js';

const mostIds = 100;

/** Every list may hold the user that is written; other modules say by the tag of the user what else does. */
const holding = (id: string) => ({ tags: [usersTag, userTag(id)] });

/** Single users, each an entry that everything here reads and writes. */
@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly cache: Cache<string, User>,
    private readonly emails: UserEmailsService,
    private readonly users: UsersRepository,
  ) {}

  async find(id: string): Promise<User> {
    const user = await this.cache.readThrough(id, () => this.users.findById(id));
    if (!user) throw new UserNotFound(id);
    return user;
  }

  /** Each id once, where it first stands. */
  async findMany(ids: readonly string[]): Promise<UsersByIds> {
    if (ids.length > mostIds) throw new TooManyIds(ids.length, mostIds);
    const asked = [...new Set(ids)];
    const found = await this.cache.readThroughMany(asked, (missing) => this.users.findByIds(missing));
    return {
      data: found.filter((user) => user !== undefined),
      missing: asked.filter((_, place) => found[place] === undefined),
    };
  }

  async findByEmail(email: string): Promise<User | undefined> {
    const id = await this.emails.findHolder(email);
    if (id === undefined) return undefined;
    const user = await this.cache.readThrough(id, () => this.users.findById(id));
    if (user && emailKey.parse(user.email) === emailKey.parse(email)) return user;
    // The two entries were read on either side of a write: who has the address now, neither of them says.
    return this.users.findByEmail(email);
  }

  create(details: UserDetails): Promise<User> {
    const id = uuidV7();
    const write = this.emails.changing([details.email], () => this.users.create(id, details));
    return this.cache.writeThrough(id, write, holding(id));
  }

  /** `versions`: those that may be changed; `undefined` is any. */
  update(id: string, change: UserChange, versions?: readonly number[]): Promise<User> {
    const { email: to } = change;
    if (to === undefined)
      return this.cache.writeThrough(id, () => this.users.update(id, change, { versions }), holding(id));
    return this.emails.leaving(id, (from) => {
      const write = () => this.users.update(id, change, { versions, email: from });
      return this.cache.writeThrough(id, this.emails.changing([from, to], write), holding(id));
    });
  }

  remove(id: string, versions?: readonly number[]): Promise<void> {
    return this.emails.leaving(id, (email) => {
      const write = () => this.users.remove(id, { versions, email });
      return this.cache.writeInvalidate(id, this.emails.changing([email], write), holding(id));
    });
  }
}
