import { Injectable, Module, NotFoundException } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { CacheModule, type CacheOf, CacheRegistry, defineCache, InjectCache } from '@nuthatch/cache';
import type { Repository } from 'typeorm';
import { SelectCounter } from './select-counter.js';
import { UserEntity } from './user.entity.js';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export const userById = defineCache<User>('users.byId', { ttl: '30s', negativeTtl: '5s' });
export const userIdByEmail = defineCache<string>('users.byEmail', { ttl: '30s', negativeTtl: '5s' });

/** An entity of TypeORM is an instance of a class, and a cache stores plain data. */
const toUser = ({ id, name, email }: UserEntity): User => ({ id, name, email });

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly byId: CacheOf<typeof userById>,
    @InjectCache(userIdByEmail) private readonly byEmail: CacheOf<typeof userIdByEmail>,
    @InjectRepository(UserEntity) private readonly users: Repository<UserEntity>,
    private readonly caches: CacheRegistry,
  ) {}

  async find(id: string): Promise<User | undefined> {
    return this.byId.readThrough(id, async () => {
      const entity = await this.users.findOneBy({ id });
      return entity ? toUser(entity) : undefined;
    });
  }

  async findByEmail(email: string): Promise<User | undefined> {
    const id = await this.byEmail.readThrough(email, async () => (await this.users.findOneBy({ email }))?.id);
    return id === undefined ? undefined : this.find(id);
  }

  /** Returns the users in the order of `ids`, with one query for those that are not cached. */
  findMany(ids: readonly string[]): Promise<(User | undefined)[]> {
    return this.byId.readThroughMany(ids, async (missing) => {
      const entities = await this.users.createQueryBuilder('u').whereInIds(missing).getMany();
      return new Map(entities.map((entity) => [entity.id, toUser(entity)]));
    });
  }

  create(user: User): Promise<User> {
    return this.byId.writeThrough(user.id, async (tx) => {
      await tx.invalidate(userIdByEmail, user.email); // its absence may be cached
      return toUser(await this.users.save(this.users.create(user)));
    });
  }

  /** Changes the user and two entries of addresses in one transaction. Each is named before the commit. */
  async changeEmail(id: string, email: string): Promise<void> {
    await this.caches.write(async (tx) => {
      await Promise.all([tx.invalidate(userById, id), tx.invalidate(userIdByEmail, email)]);
      await this.users.manager.transaction(async (manager) => {
        const entity = await manager.findOne(UserEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
        if (!entity) throw new NotFoundException();
        await tx.invalidate(userIdByEmail, entity.email); // known only now
        await manager.save(Object.assign(entity, { email }));
      });
    });
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL'] ?? 'postgres://localhost/postgres',
      entities: [UserEntity],
      synchronize: true, // for this example; use migrations
      logging: ['query'],
      logger: new SelectCounter(['query']),
    }),
    TypeOrmModule.forFeature([UserEntity]),
    CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [userById, userIdByEmail] }),
  ],
  providers: [UsersService],
})
export class AppModule {}
