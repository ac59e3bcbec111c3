import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CacheRegistry } from '@nuthatch/cache';
import { queries } from './database.js';
import { AppModule, UsersService } from './users.js';

const a = await NestFactory.createApplicationContext(AppModule, { logger: false });
const b = await NestFactory.createApplicationContext(AppModule, { logger: false });

await find('A', a);
await find('A', a);
await find('B', b);
await a.get(UsersService).rename('7', 'Grace');
await find('A', a);
await setTimeout(1_000); // maxStaleness: the most that B may be behind, if a message is lost
await find('B', b);

await Promise.all([a.close(), b.close()]);

/** Reads user 7 in an instance, and prints how the cache found it. */
async function find(instance: string, app: INestApplicationContext): Promise<void> {
  const before = hits(app);
  const user = await app.get(UsersService).find('7');
  const after = hits(app);
  const how = after.l1 > before.l1 ? 'hit l1' : after.l2 > before.l2 ? 'hit l2' : 'miss';
  console.log(`${instance}  ${how.padEnd(6)}  ${user?.name.padEnd(5)}  queries: ${queries.count}`);
}

function hits(app: INestApplicationContext): { readonly l1: number; readonly l2: number } {
  const tiers = app.get(CacheRegistry).counters()['users.byId']?.tiers;
  return { l1: tiers?.l1.hits ?? 0, l2: tiers?.l2.hits ?? 0 };
}
