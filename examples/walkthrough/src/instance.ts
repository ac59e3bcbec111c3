import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Cache, type CacheDefinition, CacheRegistry, type ReadResult } from '@nuthatch/cache';
import { Pool } from 'pg';
import { AppModule } from './app.module.js';
import { userById, type User } from './users.cache.js';

/** How many times both instances read users from PostgreSQL. */
let selects = 0;

/** One instance of the service. */
export class Instance {
  static async start(name: string): Promise<Instance> {
    const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    return new Instance(name, app);
  }

  readonly caches: CacheRegistry;
  readonly pool: Pool;

  private constructor(
    readonly name: string,
    readonly app: NestFastifyApplication,
  ) {
    this.caches = app.get(CacheRegistry);
    this.pool = app.get(Pool);
  }

  cache<K, V>({ token }: CacheDefinition<K, V>): Cache<K, V> {
    return this.app.get(token);
  }

  async select(id: string): Promise<User | undefined> {
    selects += 1;
    return (await this.pool.query<User>('select * from users where id = $1', [id])).rows[0];
  }

  async rename(id: string, name: string): Promise<User> {
    const update = 'update users set name = $2, version = version + 1 where id = $1 returning *';
    const { rows } = await this.pool.query<User>(update, [id, name]);
    if (!rows[0]) throw new Error(`There is no user ${id}.`);
    return rows[0];
  }

  /** Reads a user, and prints how it was found. */
  async show(id: string): Promise<void> {
    const found = await this.cache(userById).read(id, () => this.select(id));
    const user = found?.answer.value;
    const text = user ? `${user.name}, version ${user.version}` : 'undefined';
    this.print(outcome(found), text, `selects: ${selects}`);
  }

  print(how: string, ...rest: readonly string[]): void {
    console.log([this.name, how.padEnd(18), ...rest.map((text) => text.padEnd(24))].join('  ').trimEnd());
  }
}

/** Returns how a read was answered, such as `hit l1`. */
export function outcome(found: ReadResult<unknown> | undefined): string {
  return found ? [found.status, found.detail ?? found.tier ?? ''].join(' ').trim() : 'not cached';
}
