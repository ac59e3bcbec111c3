import 'reflect-metadata';
import { Instance } from './instance.js';
import { proxy } from './redis.js';
import {
  absence,
  aList,
  aRead,
  aRoute,
  aStrongRead,
  aTransaction,
  aWrite,
  redisIsDown,
  stale,
  whyAMiss,
} from './steps.js';

const a = await Instance.start('A');
const b = await Instance.start('B');
await a.pool.query('create table users (id text primary key, name text, email text, version int default 1)');
const id = '01941f29-b054-7577-8b9d-a674943f19e7';
await a.pool.query('insert into users (id, name, email) values ($1, $2, $3)', [id, 'Ada Lovelace', 'ada@example.com']);

for (const step of [aRead, aWrite, aList, absence, stale, aTransaction, aRoute, redisIsDown, aStrongRead, whyAMiss]) {
  console.log(`# ${step.name}`);
  await step(a, b, id);
}

await Promise.all([a.app.close(), b.app.close()]);
await proxy.close();
