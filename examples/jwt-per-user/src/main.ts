import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { AppModule } from './orders.js';

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const url = `${await app.getUrl()}/orders`;
const jwt = app.get(JwtService);
const [ada, grace] = [jwt.sign({ sub: 'ada' }), jwt.sign({ sub: 'grace' })];

await send('POST', 'Ada  ', ada);
await send('GET', 'Ada  ', ada);
await send('GET', 'Grace', grace);
await send('GET', 'Grace', grace);
await send('GET', 'Ada  ', jwt.sign({ sub: 'ada', renewed: true })); // another token of the same account
await send('GET', 'none ', 'no token');

await app.close();

/** Sends a request with a token, and prints its status, its body and how the cache answered. */
async function send(method: string, name: string, token: string): Promise<void> {
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
  const body = response.ok ? await response.text() : '-';
  const outcome = response.headers.get('cache-status') ?? '-';
  console.log(`${method.padEnd(4)}  ${name}  ${response.status}  ${body.padEnd(16)}  ${outcome}`);
}
