import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { outboxMigration } from '@nuthatch/cache/outbox';
import { pool, userById, userNames, UsersModule, UsersService } from './users.js';

await pool.query('create table users (id text primary key, name text not null)');
await pool.query("insert into users values ('7', 'Ada'), ('8', 'Grace')");
// In a real project, `npx nuthatch outbox migration` writes these statements into a migration.
for (const statement of outboxMigration([userById, userNames]).up) await pool.query(statement);

const instances = [await start(), await start()];
await show('at first');

// What psql, a migration, or a service in another language does.
await pool.query("update users set name = 'Augusta' where id = '7'");
await show('after an UPDATE of another program');

await pool.query("insert into users values ('9', 'Barbara')");
await show('after an INSERT');

await instances[0]?.users.rename('8', 'Admiral Grace');
await show('after a write through the cache that names one entry');

await pool.query('truncate users');
await show('after a TRUNCATE');

for (const { app } of instances) await app.close();
await pool.end();

async function start() {
  const app = await NestFactory.createApplicationContext(UsersModule, { logger: false });
  return { app, users: app.get(UsersService) };
}

/** Prints what both instances read, once their relays have polled: 200 ms, and time for a busy machine. */
async function show(when: string): Promise<void> {
  await setTimeout(1_000);
  console.log(when);
  for (const [number, { users }] of instances.entries()) {
    const [user, names] = [await users.find('7'), await users.names()];
    console.log(`  instance ${number + 1}  user 7: ${user?.name ?? 'none'}, names: ${names.join(', ') || 'none'}`);
  }
}
