import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';

interface User {
  readonly id: string;
}

const userById = defineCache<User>('users.byId', { ttl: '30s' });

/** Compiled, never run: a handler that answers anything but exactly the cache's value is an error. */
@Controller()
export class Handlers {
  @Get()
  @CacheResponse(userById, ({ params }) => params['id'])
  exact(): User {
    return { id: '1' };
  }

  @Get()
  @CacheResponse(userById, ({ params }) => params['id'])
  promised(id: string): Promise<User> {
    return Promise.resolve({ id });
  }

  @Get()
  // @ts-expect-error wider: the password would be stored and sent
  @CacheResponse(userById, ({ params }) => params['id'])
  wider(): Promise<User & { passwordHash: string }> {
    return Promise.resolve({ id: '1', passwordHash: '' });
  }

  @Get()
  // @ts-expect-error anything
  @CacheResponse(userById, ({ params }) => params['id'])
  // oxlint-disable-next-line typescript/no-explicit-any -- that it does not compile is what is tested
  untyped(): Promise<any> {
    return Promise.resolve({ id: '1' });
  }

  @Get()
  // @ts-expect-error narrower and absent
  @CacheResponse(userById, ({ params }) => params['id'])
  maybe(): Promise<User | undefined> {
    return Promise.resolve(undefined);
  }
}

// @ts-expect-error a bare number is not a time
defineCache<User>('n', { ttl: 30 });
// @ts-expect-error a time has a unit
defineCache<User>('n', { ttl: '30' });
// @ts-expect-error the schema makes numbers, the key is a string
defineCache<User>('n', { key: z.number(), ttl: '30s' });
// @ts-expect-error a key that is no string needs a schema
defineCache<User, number>('n', { ttl: '30s' });
// @ts-expect-error the key is a number, the schema makes strings
defineCache<User, number>('n', { key: z.string(), ttl: '30s' });
