import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../database/database.js';
import type { Position } from '../paging/page-schema.js';
import type { User, UsersStats } from './user.js';
import type { UserSort, UsersPageQuery } from './users.queries.js';
import { toUser } from './users.repository.js';
import { byEmail, byName } from './users.sort-keys.js';

interface CountedDomain {
  readonly domain: string;
  readonly users: number;
  readonly total: number;
}

/** The statements over all users. */
@Injectable()
export class UsersListRepository {
  constructor(private readonly database: Database) {}

  /** Returns at most `count` users of the query, in its order, that come after the position. */
  async findAfter(position: Position | undefined, count: number, { sort, q }: UsersPageQuery): Promise<User[]> {
    const order = orders[sort];
    const rows = await this.database.read((db) => {
      let users = db.selectFrom('users').selectAll().where('deleted_at', 'is', null);
      if (position) users = users.where(isAfter(position, order));
      if (q === undefined) return users.modifyEnd(pageOf(order, count)).execute();
      // Materialised, so that PostgreSQL uses the indexes of the search: the cost grows with the number of matches. Without it,
      // PostgreSQL would read users in their order until it had found enough matches, or reached the end of the table.
      const found = db.with(
        (cte) => cte('found').materialized(),
        () => users.where(beginsWith(q)),
      );
      return found.selectFrom('found').selectAll().modifyEnd(pageOf(order, count)).execute();
    });
    return rows.map(toUser);
  }

  /** Counts the live users of each domain with a scan of the table. The order does not depend on the locale of the database. */
  async countByDomain(mostDomains: number): Promise<UsersStats> {
    const { rows } = await this.database.read((db) =>
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
  /** The sort key of a row. `keyOf` makes the same key of the text of a position. */
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

/** Compares the beginning of the name and of the address with this text, in any letter case. Each side has its index. */
function beginsWith(q: string) {
  // Escapes the wildcards of LIKE.
  const pattern = `${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`(${byName.ofRow} like ${byName.of(pattern)} or ${byEmail.ofRow} like ${byEmail.of(pattern)})`;
}
