import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Put,
  UseInterceptors,
} from '@nestjs/common';
import { Cache, CacheModule, CacheResponse, defineCache, HttpCacheInterceptor, InjectCache } from '@nuthatch/cache';

export interface User {
  readonly id: string;
  readonly name: string;
}

export const userById = defineCache<User>('users.byId', { ttl: '30s' });

/** A database of one table. */
@Injectable()
export class UsersRepository {
  readonly #names = new Map([['7', 'Ada']]);

  async find(id: string): Promise<User | undefined> {
    const name = this.#names.get(id);
    return name === undefined ? undefined : { id, name };
  }

  async rename(id: string, name: string): Promise<User> {
    this.#names.set(id, name);
    return { id, name };
  }
}

@Injectable()
export class UsersService {
  constructor(
    @InjectCache(userById) private readonly cache: Cache<string, User>,
    private readonly users: UsersRepository,
  ) {}

  async find(id: string): Promise<User> {
    const user = await this.cache.readThrough(id, () => this.users.find(id));
    if (!user) throw new NotFoundException();
    return user;
  }

  rename(id: string, name: string): Promise<User> {
    return this.cache.writeThrough(id, () => this.users.rename(id, name));
  }
}

@Controller('users')
@UseInterceptors(HttpCacheInterceptor)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get(':id')
  @CacheResponse(userById, ({ params }) => params['id'])
  find(@Param('id') id: string): Promise<User> {
    return this.users.find(id);
  }

  @Put(':id')
  rename(@Param('id') id: string, @Body() { name }: { name: string }): Promise<User> {
    return this.users.rename(id, name);
  }
}

@Module({
  imports: [CacheModule.forRoot({ redis: process.env['REDIS_URL'] || null, namespace: 'shop', caches: [userById] })],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository],
})
export class UsersModule {}
