import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CacheModule, type CacheOf, defineCache, InjectCache } from '@nuthatch/cache';
import { asc, eq, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { type User, usersTable } from './schema.js';

const DATABASE = Symbol('DATABASE');

/** The queries that Drizzle sent. */
export const queries: string[] = [];

export const userById = defineCache<User>('users.byId', { ttl: '30s' });
export const userNames = defineCache<string[]>('users.names', { ttl: '10s', tags: () => ['users'] });

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly byId: CacheOf<typeof userById>,
    @InjectCache(userNames) private readonly list: CacheOf<typeof userNames>,
    @Inject(DATABASE) private readonly db: NodePgDatabase,
  ) {}

  find(id: string): Promise<User | undefined> {
    return this.byId.readThrough(id, async () => {
      const [row] = await this.db.select().from(usersTable).where(eq(usersTable.id, id));
      return row;
    });
  }

  names(): Promise<string[]> {
    return this.list.readThrough('all', async () => {
      const rows = await this.db.select({ name: usersTable.name }).from(usersTable).orderBy(asc(usersTable.name));
      return rows.map(({ name }) => name);
    });
  }

  /** The list shows names, so a write of a name invalidates its tag. */
  rename(id: string, name: string): Promise<User> {
    return this.byId.writeThrough(id, () => this.#update(id, { name }), { tags: ['users'] });
  }

  /** The list does not show visits, so it stays. */
  visit(id: string): Promise<User> {
    return this.byId.writeThrough(id, () => this.#update(id, { visits: sql`${usersTable.visits} + 1` }));
  }

  async #update(id: string, change: { name?: string; visits?: ReturnType<typeof sql> }): Promise<User> {
    const [row] = await this.db.update(usersTable).set(change).where(eq(usersTable.id, id)).returning();
    if (!row) throw new Error(`There is no user ${id}.`);
    return row;
  }
}

@Module({
  imports: [CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [userById, userNames] })],
  providers: [
    UsersService,
    { provide: Pool, useFactory: () => new Pool({ connectionString: process.env['DATABASE_URL'] }) },
    {
      provide: DATABASE,
      inject: [Pool],
      useFactory: (client: Pool) => drizzle({ client, logger: { logQuery: (query) => void queries.push(query) } }),
    },
  ],
})
export class AppModule implements OnApplicationShutdown {
  constructor(private readonly pool: Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
