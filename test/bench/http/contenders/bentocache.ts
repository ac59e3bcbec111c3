import { Controller, Get, Inject, Injectable, Param } from '@nestjs/common';
import { BentoCache } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { threeParts } from '../../../compare/contenders/bentocache.js';
import type { Where } from '../contender.js';
import { listen } from '../server/listen.js';
import { origin } from '../server/origin.js';
import { TTL_MS, type User } from '../server/user.js';

/** Uses its fastest memory store, which keeps references and is bounded in items. */
const open = (redisUrl: string) =>
  new BentoCache({
    default: 'users',
    ttl: TTL_MS,
    stores: { users: threeParts(redisUrl, { l1: memoryDriver({ maxItems: 10_000, serialize: false }) }) },
  });

const BENTO = Symbol('BENTO');

@Injectable()
class UsersService {
  constructor(@Inject(BENTO) private readonly bento: ReturnType<typeof open>) {}

  find(id: string): Promise<User> {
    return this.bento.getOrSet({ key: `users:${id}`, factory: () => origin.find(id) });
  }
}

@Controller('users')
class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get(':id')
  find(@Param('id') id: string): Promise<User> {
    return this.users.find(id);
  }
}

export async function serve(where: Where): Promise<void> {
  const bento = { provide: BENTO, useFactory: () => open(where.redisUrl) };
  await listen('Fastify', { controllers: [UsersController], providers: [bento, UsersService] }, where);
}
