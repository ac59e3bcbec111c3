import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  Param,
  SerializeOptions,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { Exclude, Expose } from 'class-transformer';
import { describe, expect, it } from 'vitest';
import { defineCache } from '../../core/policy/define-cache.js';
import { adapters, givenServer } from '../../../test/given-server.js';
import { CacheResponse } from '../cache-response.decorator.js';
import type { KeySource } from '../route/cached-route.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { NoCache } from '../no-cache.decorator.js';

class Account {
  @Exclude()
  readonly password = 'secret';

  @Expose({ groups: ['staff'] })
  readonly salary = 100;

  constructor(readonly name: string) {}
}

const policy = { ttl: '30s' } as const;
const ofAll = defineCache<Account>('ofAll', policy);
const ofStaff = defineCache<Account>('ofStaff', policy);
const caches = [ofAll, ofStaff];
const nameOf = ({ params }: KeySource) => params['name'];

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class AccountsController {
  calls = 0;

  @Get('all/:name')
  @UseInterceptors(ClassSerializerInterceptor)
  @CacheResponse(ofAll, nameOf)
  all(@Param('name') name: string): Account {
    this.calls += 1;
    return new Account(name);
  }

  @Get('staff/:name')
  @UseInterceptors(ClassSerializerInterceptor)
  @SerializeOptions({ groups: ['staff'] })
  @CacheResponse(ofStaff, nameOf)
  staff(@Param('name') name: string): Account {
    this.calls += 1;
    return new Account(name);
  }
}

/** Two routes of one cache, each decorated in its own way. */
function sharing(first: MethodDecorator[], second: MethodDecorator[]): Type<unknown> {
  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class Sharing {
    @Get('first/:name')
    @CacheResponse(ofAll, nameOf)
    first(): Account {
      return new Account('ann');
    }

    @Get('second/:name')
    @CacheResponse(ofAll, nameOf)
    second(): Account {
      return new Account('ann');
    }
  }
  for (const [name, decorators] of Object.entries({ first, second })) {
    const descriptor = Object.getOwnPropertyDescriptor(Sharing.prototype, name);
    if (descriptor) for (const decorate of decorators) decorate(Sharing.prototype, name, descriptor);
  }
  return Sharing;
}

const serialised = UseInterceptors(ClassSerializerInterceptor);
const forStaff = SerializeOptions({ groups: ['staff'] });

describe.each(adapters)('on %s', (adapter) => {
  it('a hit keeps the hidden fields and the groups of a serializer inside HttpCacheInterceptor (node-cache-manager/node-cache-manager-redis-yet#371, dabroek/node-cache-manager-redis-store#40, dabroek/node-cache-manager-ioredis#22)', async () => {
    const { server, app, cacheOf } = await givenServer(adapter, { caches, controllers: [AccountsController] });
    for (const xCache of ['MISS', 'HIT']) {
      const all = await server.get('/all/ann').expect(200).expect('x-cache', xCache);
      const staff = await server.get('/staff/ann').expect(200).expect('x-cache', xCache);
      expect([all.text, staff.text]).toEqual(['{"name":"ann"}', '{"name":"ann","salary":100}']);
    }
    expect(app.get(AccountsController).calls).toBe(2);
    expect(await cacheOf(ofAll).get('ann')).toEqual({ name: 'ann' });
  });
});

describe('controllers that share a cache', () => {
  @Controller('people')
  @UseInterceptors(HttpCacheInterceptor, ClassSerializerInterceptor)
  class People {
    @Get(':name')
    @CacheResponse(ofAll, nameOf)
    find(): Account {
      return new Account('ann');
    }
  }

  @Controller('staff')
  @UseInterceptors(HttpCacheInterceptor, ClassSerializerInterceptor)
  @SerializeOptions({ groups: ['staff'] })
  class Staff {
    @Get(':name')
    @CacheResponse(ofAll, nameOf)
    find(): Account {
      return new Account('ann');
    }
  }

  it('the boot rejects two controllers of one cache whose @SerializeOptions differ', async () => {
    await expect(givenServer('Fastify', { caches, controllers: [People, Staff] })).rejects.toThrow(
      /Staff\.find serialises the cache "ofAll" differently from People\.find/,
    );
  });
});

describe('two routes of one cache', () => {
  const boot = (first: MethodDecorator[], second: MethodDecorator[]) =>
    givenServer('Fastify', { caches, controllers: [sharing(first, second)] });

  it.each<[string, MethodDecorator[], MethodDecorator[]]>([
    ['only the first is serialised', [serialised], []],
    ['only the second is serialised', [], [serialised]],
    ['their serialization groups differ', [serialised, forStaff], [serialised]],
  ])('the boot rejects two routes of one cache where %s', async (_, first, second) => {
    await expect(boot(first, second)).rejects.toThrow(
      /Sharing\.second serialises the cache "ofAll" differently from Sharing\.first/,
    );
  });

  it.each<[string, MethodDecorator[], MethodDecorator[]]>([
    ['neither is serialised', [], [forStaff]],
    ['both are serialised alike', [serialised, forStaff], [serialised, SerializeOptions({ groups: ['staff'] })]],
    ['@NoCache excludes one', [serialised], [NoCache()]],
  ])('the boot accepts two routes of one cache where %s', async (_, first, second) => {
    await expect(boot(first, second)).resolves.toBeDefined();
  });
});
