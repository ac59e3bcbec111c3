import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../database/database.js';
import type { Position } from '../paging/page.js';
import type { UsersStats } from './user-lists.js';
import { byEmail, byName } from './user-keys.js';
import { toUser } from './user-row.js';
import type { User } from './user.js';
import type { UserSort } from './user-sorts.js';
import type { UsersPageQuery } from './users.queries.js';

interface CountedDomain {
  readonly domain: string;
  readonly users: number;
  readonly total: number;
}

/** The statements that look at all users. */
@Injectable()
export class UserListsRepository {
  constructor(private readonly database: Database) {}

  /** At most `count` of the users whom the query asks for, in its order, from after the position on. */
  async findAfter(position: Position | undefined, count: number, { sort, q }: UsersPageQuery): Promise<User[]> {
    const order = orders[sort];
    const rows = await this.database.run((db) => {
      let users = db.selectFrom('users').selectAll().where('deleted_at', 'is', null);
      if (position) users = users.where(isAfter(position, order));
      if (q === undefined) return users.modifyEnd(pageOf(order, count)).execute();
      // By itself, so that the indexes of the search find it: what it costs is decided by how many begin so, not by how many there
      // are. In one statement with the limit, users would be read in their order until enough of them were found, or the end.
      const found = db.with(
        (cte) => cte('found').materialized(),
        () => users.where(beginsWith(q)),
      );
      return found.selectFrom('found').selectAll().modifyEnd(pageOf(order, count)).execute();
    });
    return rows.map(toUser);
  }

  /** Reads every live user. The domains are the same, in the same order, whatever the locale of the database. */
  async countByDomain(mostDomains: number): Promise<UsersStats> {
    const { rows } = await this.database.run((db) =>
      sql<CountedDomain>`
        select domain, count(*)::integer as users, (sum(count(*)) over ())::integer as total
        from (
          select lower(substring(email from '[^@]*$') collate "C") as domain from users where deleted_at is null
        ) as live
        group by domain
        order by users desc, domain
        limit ${mostDomains}`.execute(db),
    );
    return { data: rows.map(({ domain, users }) => ({ domain, users })), total: rows[0]?.total ?? 0 };
  }
}

interface Order {
  /** What a row is sorted by, and what the text of a position is compared with. */
  readonly key: RawBuilder<unknown>;
  readonly keyOf: (text: string) => RawBuilder<unknown>;
  readonly after: RawBuilder<unknown>;
  readonly direction: RawBuilder<unknown>;
}

const ascending = { after: sql`>`, direction: sql`asc` };
const descending = { after: sql`<`, direction: sql`desc` };
const creation = { key: sql.ref('created_at'), keyOf: (text: string) => sql`${text}::timestamptz` };
const name = { key: byName.ofRow, keyOf: byName.of };

const orders: Readonly<Record<UserSort, Order>> = {
  createdAt: { ...creation, ...ascending },
  '-createdAt': { ...creation, ...descending },
  name: { ...name, ...ascending },
  '-name': { ...name, ...descending },
};

function isAfter({ text, id }: Position, { key, keyOf, after }: Order) {
  return sql<boolean>`(${key}, id) ${after} (${keyOf(text)}, ${id}::uuid)`;
}

function pageOf({ key, direction }: Order, count: number) {
  return sql`order by ${key} ${direction}, id ${direction} limit ${count}`;
}

/** Whether the name or the address begins with this text, in any case of letters. Each side has its index. */
function beginsWith(q: string) {
  // What LIKE takes for a pattern is text here.
  const pattern = `${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`(${byName.ofRow} like ${byName.of(pattern)} or ${byEmail.ofRow} like ${byEmail.of(pattern)})`;
}
