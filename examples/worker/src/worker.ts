import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CacheRegistry } from '@nuthatch/cache';
import { UsersModule, UsersService } from './users.js';

/** A job, as a queue delivers it. */
export interface Rename {
  readonly id: string;
  readonly name: string;
}

// A worker has no HTTP server: an application context runs the same modules and closes them in order.
const app = await NestFactory.createApplicationContext(UsersModule, { logger: false });
// A write without Redis is visible to other processes only once Redis is back, so the worker waits before its first job.
await app.get(CacheRegistry).ready();

process.on('message', (job: Rename) => void run(job));
process.send?.('ready');

async function run({ id, name }: Rename): Promise<void> {
  await app.get(UsersService).rename(id, name);
  process.send?.('done');
}

process.on('disconnect', () => void app.close());
