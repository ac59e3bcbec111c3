import 'reflect-metadata';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { UsersModule, UsersService } from './users.js';
import type { Rename } from './worker.js';

const app = await NestFactory.createApplicationContext(UsersModule, { logger: false });
const users = app.get(UsersService);
await users.pool.query('create table users (id text primary key, name text not null)');
await users.pool.query("insert into users values ('7', 'Ada')");

// A queue, such as BullMQ, would be between the two processes. Here, the channel of a child process delivers the jobs.
const worker = fork(new URL('worker.js', import.meta.url));
await once(worker, 'message');

console.log(`API     reads ${(await users.find('7'))?.name}`);
await deliver(worker, { id: '7', name: 'Grace' });
console.log('worker  renamed user 7');
await setTimeout(1_000); // maxStaleness: the most that this process may be behind, if a message is lost
console.log(`API     reads ${(await users.find('7'))?.name}`);

worker.disconnect();
const [code] = await once(worker, 'exit');
console.log(`worker  ended with ${code}`);
await app.close();

async function deliver(to: ChildProcess, job: Rename): Promise<void> {
  to.send(job);
  await once(to, 'message');
}
