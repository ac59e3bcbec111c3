import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.js';
import type { Position } from '../paging/page.js';
import type { UsersStats } from './user-lists.js';
import { toUser } from './user-row.js';
import type { User } from './user.js';

interface CountedDomain {
  readonly domain: string;
  readonly users: number;
  readonly total: number;
}

/** The statements that look at all users. */
@Injectable()
export class UserListsRepository {
  constructor(private readonly database: Database) {}

  /** At most `count` users from after the position on, oldest first. */
  async findAfter(position: Position | undefined, count: number): Promise<User[]> {
    const rows = await this.database.run((db) => {
      const live = db.selectFrom('users').selectAll().where('deleted_at', 'is', null);
      const rest = position
        ? live.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'id'), '>', tuple(new Date(position.createdAt), position.id)),
          )
        : live;
      return rest.orderBy('created_at').orderBy('id').limit(count).execute();
    });
    return rows.map(toUser);
  }

  /** Reads every live user. The domains are in the same order whatever the locale of the database. */
  async countByDomain(mostDomains: number): Promise<UsersStats> {
    const { rows } = await this.database.run((db) =>
      sql<CountedDomain>`
        select domain, count(*)::integer as users, (sum(count(*)) over ())::integer as total
        from (
          select lower(substring(email from '[^@]*$')) collate "C" as domain from users where deleted_at is null
        ) as live
        group by domain
        order by users desc, domain
        limit ${mostDomains}`.execute(db),
    );
    return { data: rows.map(({ domain, users }) => ({ domain, users })), total: rows[0]?.total ?? 0 };
  }
}
