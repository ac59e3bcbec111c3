import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Pool } from 'pg';
import { AppModule, queries, UsersService } from './users.js';

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
await app
  .get(Pool)
  .query('create table users (id text primary key, name text not null, visits int not null default 0)');
await app.get(Pool).query("insert into users (id, name) values ('7', 'Ada'), ('8', 'Grace')");
const users = app.get(UsersService);

print('find 7', await users.find('7'));
print('find 7', await users.find('7'));
print('names', await users.names());
print('visit 7', await users.visit('7'));
print('find 7', await users.find('7'));
print('names', await users.names());
print('rename 7', await users.rename('7', 'Zoë'));
print('names', await users.names());

await app.close();

/** Prints what a call returned, and the number of queries since the last line. */
function print(call: string, answer: unknown): void {
  console.log(`${call.padEnd(8)}  queries: ${queries.splice(0).length}  ${JSON.stringify(answer)}`);
}
