import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { SelectCounter } from './select-counter.js';
import { AppModule, UsersService } from './users.js';

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const users = app.get(UsersService);
SelectCounter.count = 0;

print('find 7', await users.find('7'));
print('find 7', await users.find('7'));
await users.create({ id: '7', name: 'Ada', email: 'ada@example.org' });
await users.create({ id: '8', name: 'Grace', email: 'grace@example.org' });
print('find 7', await users.find('7'));
print('find 7, 8 and 9', await users.findMany(['7', '8', '9']));
print('find ada@example.org', await users.findByEmail('ada@example.org'));
print('find ada@example.org', await users.findByEmail('ada@example.org'));
await users.changeEmail('7', 'ada@example.com');
print('find ada@example.org', await users.findByEmail('ada@example.org'));
print('find ada@example.com', await users.findByEmail('ada@example.com'));

await app.close();

/** Prints what a read returned, and the number of queries since the last line. */
function print(read: string, found: unknown): void {
  console.log(`${read.padEnd(20)}  selects: ${SelectCounter.count}  ${JSON.stringify(found)}`);
  SelectCounter.count = 0;
}
