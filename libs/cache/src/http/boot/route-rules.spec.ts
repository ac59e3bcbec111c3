import {
  type CanActivate,
  ClassSerializerInterceptor,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Injectable,
  Logger,
  type NestInterceptor,
  Next,
  type Provider,
  Redirect,
  Render,
  Res,
  Scope,
  Sse,
  StandardSchemaSerializerInterceptor,
  StreamableFile,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CacheModule } from '../../cache.module.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { CacheResponse } from '../cache-response.decorator.js';
import { FastPath } from '../fastify/fast-path.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { NoCache } from '../no-cache.decorator.js';
import { fastPathBlockers } from './route-rules.js';

interface Item {
  readonly id: string;
}

const item: Item = { id: '1' };
const itemById = defineCache<Item>('items', { ttl: '30s' });
const key = ({ params }: { readonly params: Readonly<Record<string, unknown>> }) => params['id'];

interface Setup {
  readonly adapter: FastifyAdapter | ExpressAdapter;
  readonly providers: readonly Provider[];
  readonly configure: (app: INestApplication) => void;
}

let close = async (): Promise<void> => {};
afterEach(() => {
  vi.restoreAllMocks();
  return close();
});

async function boot(
  controller: Type<unknown>,
  { adapter = new FastifyAdapter(), providers = [], configure = () => {} }: Partial<Setup> = {},
): Promise<void> {
  const imports = [CacheModule.forRoot(), CacheModule.forFeature(itemById)];
  const testing = await Test.createTestingModule({
    imports,
    controllers: [controller],
    providers: [...providers],
  }).compile();
  const app = testing.createNestApplication(adapter, { logger: false });
  close = () => app.close();
  configure(app);
  await app.init();
}

/** The handler of the controllers below. */
class Items {
  @Get(':id')
  @CacheResponse(itemById, key)
  find(): Item {
    return item;
  }
}

@Injectable()
class Guard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestGuard extends Guard {}

class Outer implements NestInterceptor {
  intercept: NestInterceptor['intercept'] = (_, next) => next.handle();
}

@Injectable({ scope: Scope.REQUEST })
class ForOneRequest {}

describe(fastPathBlockers, () => {
  async function blockersOf(controller: Type<unknown>, setup: Partial<Setup> = {}): Promise<string[]> {
    const enable = vi.spyOn(FastPath.prototype, 'enable');
    await boot(controller, setup);
    return enable.mock.calls.flatMap(([handlers]) => handlers.flatMap(fastPathBlockers));
  }

  @Controller()
  @UseGuards(Guard)
  @UseInterceptors(HttpCacheInterceptor)
  class GuardedClass extends Items {}

  class Inheriting extends GuardedClass {}
  Controller('inherited')(Inheriting);

  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class GuardedMethod {
    @Get(':id')
    @UseGuards(new Guard())
    @CacheResponse(itemById, key)
    find(): Item {
      return item;
    }
  }

  @Controller()
  @UseInterceptors(Outer, HttpCacheInterceptor)
  class Surrounded extends Items {}

  @Controller()
  class Uncovered extends Items {}

  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class Scoped extends Items {
    constructor(readonly one: ForOneRequest) {
      super();
    }
  }

  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class Open extends Items {}

  @Controller()
  @NoCache()
  class Excluded extends Open {}

  @Controller({ host: 'a.example' })
  @UseInterceptors(HttpCacheInterceptor)
  class Hosted extends Items {}

  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class Accepting {
    @Get(':id')
    @HttpCode(202)
    @CacheResponse(itemById, key)
    find(): Item {
      return item;
    }
  }

  it('nothing blocks the fast path of a route without guards or outer interceptors', async () => {
    expect(await blockersOf(Open)).toEqual([]);
  });

  const appGuard = { provide: APP_GUARD, useClass: Guard };
  it.each<[string, Type<unknown>, Partial<Setup>, RegExp]>([
    ['a guard of its class', GuardedClass, {}, /Guard guards it/],
    ['a guard of a class that it extends', Inheriting, {}, /Guard guards it/],
    ['a guard of its method', GuardedMethod, {}, /Guard guards it/],
    ['APP_GUARD', Open, { providers: [appGuard] }, /Guard guards it/],
    ['a request-scoped APP_GUARD', Open, { providers: [{ provide: APP_GUARD, useClass: RequestGuard }] }, /guards it/],
    ['useGlobalGuards', Open, { configure: (app) => app.useGlobalGuards(new Guard()) }, /Guard guards it/],
    ['an interceptor outside', Surrounded, {}, /Outer is outside of HttpCacheInterceptor/],
    [
      'a global interceptor',
      Open,
      { providers: [{ provide: APP_INTERCEPTOR, useClass: Outer }] },
      /Outer is outside of HttpCacheInterceptor/,
    ],
    ['useGlobalInterceptors', Open, { configure: (app) => app.useGlobalInterceptors(new Outer()) }, /Outer is outside/],
    ['a missing HttpCacheInterceptor', Uncovered, {}, /HttpCacheInterceptor does not cover it/],
    ['a request-scoped provider', Scoped, { providers: [ForOneRequest] }, /its controller is created for each request/],
    ['@NoCache', Excluded, {}, /@NoCache excludes it from the cache/],
    ['a host', Hosted, {}, /answers only some hosts/],
    ['a declared status other than 200', Accepting, {}, /@HttpCode sets a status other than 200/],
  ])('%s blocks the fast path', async (_, controller, setup, expected) => {
    expect((await blockersOf(controller, setup)).join('; ')).toMatch(expected);
  });
});

describe('cached routes at boot', () => {
  /** Returns a controller with one cached handler and further decorators. */
  function cached(
    decorators: MethodDecorator[],
    interceptors: Parameters<typeof UseInterceptors> = [HttpCacheInterceptor],
  ) {
    @Controller()
    @UseInterceptors(...interceptors)
    class Cached {
      @CacheResponse(itemById, key)
      find(_first?: unknown): Item {
        return item;
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Cached.prototype, 'find');
    for (const decorate of [Get(':id'), ...decorators]) if (descriptor) decorate(Cached.prototype, 'find', descriptor);
    return Cached;
  }
  const argument =
    (decorate: ParameterDecorator): MethodDecorator =>
    (target, name) =>
      decorate(target, name, 0);
  const answers =
    (type: unknown): MethodDecorator =>
    (_target, _name, descriptor) => {
      if (descriptor.value) Reflect.defineMetadata('design:returntype', type, descriptor.value);
    };

  class OwnSerializer extends ClassSerializerInterceptor {}

  it.each<[string, Type<unknown>, RegExp]>([
    [
      'the boot rejects a cached handler with @Res() (hashgraph/guardian PR #6421)',
      cached([argument(Res())]),
      /Cached\.find takes @Res\(\) or @Next\(\)/,
    ],
    ['the boot rejects a cached handler with @Next()', cached([argument(Next())]), /takes @Res\(\) or @Next\(\)/],
    ['the boot rejects a cached handler with @Sse()', cached([Sse()]), /has @Sse\(\)/],
    ['the boot rejects a cached handler with @Render()', cached([Render('page')]), /has @Render\(\)/],
    ['the boot rejects a cached handler with @Redirect()', cached([Redirect('/')]), /has @Redirect\(\)/],
    [
      'the boot rejects a cached handler that answers a stream (nestjs/nest#10575)',
      cached([answers(StreamableFile)]),
      /answers a stream/,
    ],
    ...[ClassSerializerInterceptor, OwnSerializer, StandardSchemaSerializerInterceptor].map(
      (serializer): [string, Type<unknown>, RegExp] => [
        `the boot rejects ${serializer.name} outside of HttpCacheInterceptor (node-cache-manager/node-cache-manager-redis-yet#371)`,
        cached([], [serializer, HttpCacheInterceptor]),
        new RegExp(`has ${serializer.name} outside of HttpCacheInterceptor`),
      ],
    ),
  ])('%s', async (_, controller, expected) => {
    await expect(boot(controller)).rejects.toThrow(expected);
  });

  it('the boot rejects a global serializer outside of HttpCacheInterceptor', async () => {
    const global = { provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor };
    await expect(boot(cached([]), { providers: [global] })).rejects.toThrow(/ClassSerializerInterceptor outside/);
  });

  it('the boot reports all problems of a cached handler in one error', async () => {
    await expect(boot(cached([Render('page'), Redirect('/')]))).rejects.toThrow(/@Render[^]*@Redirect/);
  });

  it('the boot accepts @Res({ passthrough: true }) and a serializer inside HttpCacheInterceptor', async () => {
    const harmless = [
      cached([argument(Res({ passthrough: true }))]),
      cached([], [HttpCacheInterceptor, ClassSerializerInterceptor]),
    ];
    for (const controller of harmless) {
      await expect(boot(controller)).resolves.toBeUndefined();
      await close();
    }
  });
});

describe('warnings about cached routes at boot', () => {
  it.each<[string, Parameters<typeof UseInterceptors>, RegExp]>([
    ['an interceptor outside of HttpCacheInterceptor', [Outer, HttpCacheInterceptor], /Warned\.find has Outer outside/],
    ['a missing HttpCacheInterceptor', [Outer], /HttpCacheInterceptor does not cover it/],
  ])('the boot warns about %s', async (_, interceptors, expected) => {
    @Controller()
    @UseInterceptors(...interceptors)
    class Warned extends Items {}
    const warn = vi.spyOn(Logger.prototype, 'warn');
    await boot(Warned);
    expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(expected));
  });
});
