import { Controller, Get, Inject, Logger, Param, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Cache } from '../../src/core/cache.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import { adapters, givenServer } from '../given-server.js';

class Account {
  constructor(
    readonly name: string,
    private readonly secret: string,
  ) {}

  get label(): string {
    return this.name.toUpperCase();
  }

  toJSON(): { readonly name: string } {
    return { name: this.name };
  }

  get knowsSecret(): boolean {
    return this.secret !== '';
  }
}

const policy = { ttl: '30s' } as const;
const answers = defineCache<Account>('answers', policy);
const accounts = defineCache<Account>('accounts', policy);

const labels: (string | undefined)[] = [];

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class AccountsController {
  constructor(@Inject(accounts.token) private readonly cache: Cache<string, Account>) {}

  @Get('answers/:name')
  @CacheResponse(answers, ({ params }) => params['name'], {
    headers: ({ label }) => {
      labels.push(label);
      return {};
    },
  })
  answer(@Param('name') name: string): Account {
    return new Account(name, 'hidden');
  }

  @Get('accounts/:name')
  @CacheResponse(accounts, ({ params }) => params['name'])
  async account(@Param('name') name: string): Promise<Account> {
    const account = await this.cache.readThrough(name, async () => new Account(name, 'hidden'));
    if (!account?.knowsSecret) throw new Error('The service returned another object.');
    return account;
  }
}

describe.each(adapters)('an instance of a class on %s', (adapter) => {
  const given = () => givenServer(adapter, { caches: [answers, accounts], controllers: [AccountsController] });

  it('is stored as the plain object of its JSON text if only the answer has it', async () => {
    const { server } = await given();
    labels.length = 0;
    for (const xCache of ['MISS', 'HIT']) {
      const { text } = await server.get('/answers/ann').expect(200).expect('x-cache', xCache);
      expect(text).toBe('{"name":"ann"}');
    }
    await server.get('/answers/ann').set('Authorization', 'x').expect(200).expect('x-cache', 'BYPASS');
    // The functions of the route receive the same value each time.
    expect(labels).toEqual([undefined, undefined, undefined]);
  });

  it('is not stored, with a warning that names its class, if a service loads it under the same key', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { server } = await given();
    for (const _ of ['first', 'second']) {
      const { text } = await server.get('/accounts/ann').expect(200).expect('x-cache', 'MISS');
      expect(text).toBe('{"name":"ann"}');
    }
    const warnings = warn.mock.calls.map(([message]) => String(message));
    expect(warnings.filter((message) => /Cache "accounts": .*an instance of Account\b/.test(message))).toHaveLength(1);
  });
});
