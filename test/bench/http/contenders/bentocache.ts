import { Controller, Get, Inject, Injectable, Param, Patch } from '@nestjs/common';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { threeParts } from '../../../compare/contenders/bentocache.js';
import type { Serve, Where } from '../contender.js';
import { listen } from '../server/listen.js';
import { origin } from '../server/origin.js';
import { TTL_MS, type User } from '../server/user.js';

/** Uses its fastest memory store, which keeps references and is bounded in items. */
const withMemory = (redisUrl: string) =>
  threeParts(redisUrl, { l1: memoryDriver({ maxItems: 10_000, serialize: false }) });

const withoutMemory = (redisUrl: string) =>
  bentostore().useL2Layer(redisDriver({ connection: { host: '127.0.0.1', port: Number(new URL(redisUrl).port) } }));

const open = (store: ReturnType<typeof bentostore>) =>
  new BentoCache({ default: 'users', ttl: TTL_MS, stores: { users: store } });

const BENTO = Symbol('BENTO');

@Injectable()
class UsersService {
  constructor(@Inject(BENTO) private readonly bento: ReturnType<typeof open>) {}

  find(id: string): Promise<User> {
    return this.bento.getOrSet({ key: `users:${id}`, factory: () => origin.find(id) });
  }

  async change(id: string): Promise<User> {
    const user = await origin.change(id);
    await this.bento.delete({ key: `users:${id}` });
    return user;
  }
}

@Controller('users')
class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get(':id')
  find(@Param('id') id: string): Promise<User> {
    return this.users.find(id);
  }

  @Patch(':id')
  change(@Param('id') id: string): Promise<User> {
    return this.users.change(id);
  }
}

export const serve: Serve = (where) => serveFrom(withMemory(where.redisUrl), where);

/** Serves from Redis only, as Nuthatch does when it may keep nothing in memory. */
export const serveWithoutMemory: Serve = (where) => serveFrom(withoutMemory(where.redisUrl), where);

async function serveFrom(store: ReturnType<typeof bentostore>, where: Where): Promise<void> {
  const bento = { provide: BENTO, useFactory: () => open(store) };
  await listen('Fastify', { controllers: [UsersController], providers: [bento, UsersService] }, where);
}
