import { Injectable } from '@nestjs/common';
import { Cache, InjectCache, type WriteBody } from '@nuthatch/cache';
import { userIdByEmail } from './users.cache.js';
import { EmailChanged, UserNotFound } from './users.errors.js';
import { UsersRepository } from './users.repository.js';

/**
 * Who has which e-mail address, and who has none. What gives an address to somebody, or takes it away, announces it before it is
 * written, so that afterwards nobody is told of the former holder.
 */
@Injectable()
export class UserEmailsService {
  constructor(
    @InjectCache(userIdByEmail) private readonly cache: Cache<string, string>,
    private readonly users: UsersRepository,
  ) {}

  /** The id of the user who has this address. */
  findHolder(email: string): Promise<string | undefined> {
    return this.cache.readThrough(email, async () => (await this.users.findByEmail(email))?.id);
  }

  /**
   * Runs a write that may take its address from a user. It is told which one that is, to announce it and to expect it: where the
   * user has another one by then, it changes nothing and is run again.
   *
   * @throws UserNotFound
   */
  async leaving<T>(id: string, write: (email: string) => Promise<T>): Promise<T> {
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

  /** `write` for a cache to run: it gives these addresses to somebody, or takes them away, and that is announced first. */
  changing<T>(emails: readonly string[], write: () => Promise<T>): WriteBody<T> {
    return async (tx) => {
      await Promise.all(emails.map((email) => tx.invalidate(userIdByEmail, email)));
      return write();
    };
  }
}
