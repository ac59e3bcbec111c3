import 'reflect-metadata';
import { Controller, Get, Module, NotFoundException, Param, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { CacheModule, CacheResponse, defineCache, HttpCacheInterceptor } from '@nuthatch/cache';
import { EdgeModule, edgeMigration, varnish } from '@nuthatch/cache/edge';
import { OutboxModule, outboxMigration } from '@nuthatch/cache/outbox';
import { MetricsModule } from '@nuthatch/observability/metrics';
import type { Pool } from 'pg';

export interface User {
  readonly id: string;
  readonly version: number;
}

const userById = defineCache<User>('users.byId', { ttl: '1h', from: { table: 'users', key: 'id' } });
const userCount = defineCache<{ readonly sum: number }>('users.sum', {
  ttl: '1h',
  tags: () => ['users'],
  from: { table: 'users', tags: ['users'] },
});

const cacheControl = { scope: 'public', edgeMaxAge: '1h' } as const;

/** Creates the table of the users, and what the outbox and the purges need. */
export async function createTables(pool: Pool): Promise<void> {
  await pool.query('CREATE TABLE users (id text PRIMARY KEY, version int NOT NULL)');
  const statements = [...outboxMigration([userById, userCount]).up, ...edgeMigration().up];
  for (const statement of statements) await pool.query(statement);
}

export interface Instance {
  readonly port: number;
  /** Called by each load, with the id of the user, after the row was read. */
  afterRead: (id: string) => Promise<void>;
  stop(): Promise<void>;
}

/** Starts an instance that purges these servers. */
export async function startInstance(
  pool: Pool,
  redis: string,
  { port, namespace, edges }: { readonly port: number; readonly namespace: string; readonly edges: readonly string[] },
): Promise<Instance> {
  const hook: Pick<Instance, 'afterRead'> = { afterRead: async () => {} };

  @Controller('users')
  @UseInterceptors(HttpCacheInterceptor)
  class UsersController {
    @Get('sum')
    @CacheResponse(userCount, () => 'all', { cacheControl })
    async sum(): Promise<{ readonly sum: number }> {
      const { rows } = await pool.query<{ sum: number }>('SELECT coalesce(sum(version), 0)::int AS sum FROM users');
      return { sum: rows[0]?.sum ?? 0 };
    }

    @Get(':id')
    @CacheResponse(userById, ({ params }) => params['id'], { cacheControl })
    async find(@Param('id') id: string): Promise<User> {
      const { rows } = await pool.query<User>('SELECT id, version FROM users WHERE id = $1', [id]);
      await hook.afterRead(id);
      const [user] = rows;
      if (!user) throw new NotFoundException();
      return user;
    }
  }

  @Module({
    imports: [
      CacheModule.forRoot({ redis, namespace, caches: [userById, userCount] }),
      OutboxModule.forRoot({ client: pool }),
      EdgeModule.forRoot({ client: pool, cdn: varnish({ urls: edges }), secret: 'a secret of this deployment' }),
      MetricsModule.forRoot(),
    ],
    controllers: [UsersController],
  })
  class AppModule {}

  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
  await app.listen(port, '127.0.0.1');
  return Object.assign(hook, { port, stop: () => app.close() });
}
