import { setTimeout as pause } from 'node:timers/promises';
import { CacheInterceptor, CacheKey, CacheTTL } from '@nestjs/cache-manager';
import {
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CacheRegistry } from '@nuthatch/cache';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { at, CleanUp, givenRedis, managedModules, timed } from './given-manager.js';

@Injectable()
class ByLanguage extends CacheInterceptor {
  protected override trackBy(context: ExecutionContext): string | undefined {
    const { headers, url }: { headers: Record<string, string>; url: string } = context.switchToHttp().getRequest();
    return headers['x-bypass'] ? undefined : `${headers['accept-language']} ${url}`;
  }
}

let calls = 0;
const next = (): { n: number } => ({ n: (calls += 1) });

@Controller('numbers')
@UseInterceptors(CacheInterceptor)
@CacheTTL(60_000)
class NumbersController {
  @Get()
  all(@Query('page') _page?: string) {
    return next();
  }

  @Get('short')
  @CacheTTL(200)
  short() {
    return next();
  }

  @Get('named')
  @CacheKey('a name')
  named() {
    return next();
  }

  @Get('also-named')
  @CacheKey('a name')
  alsoNamed() {
    return next();
  }

  @Get('of/:user/:what')
  @CacheKey((context) => `user ${context.switchToHttp().getRequest<{ params: { user: string } }>().params.user}`)
  @CacheTTL((context) => Number(context.switchToHttp().getRequest<{ query: { ttl?: string } }>().query.ttl ?? 0))
  ofUser(@Param('user') _user: string) {
    return next();
  }

  @Get('value/:json')
  value(@Param('json') json: string): unknown {
    calls += 1;
    return JSON.parse(json);
  }

  @Get('nothing')
  nothing(): undefined {
    calls += 1;
  }

  @Get('file')
  file() {
    return new StreamableFile(Buffer.from(`file ${(calls += 1)}`));
  }

  @Get('slow')
  async slow() {
    await pause(20);
    return next();
  }

  @Post()
  create() {
    return next();
  }
}

@Controller('languages')
@UseInterceptors(ByLanguage)
class LanguagesController {
  @Get()
  get() {
    return next();
  }
}

@Controller('global')
class GlobalController {
  @Get()
  get() {
    return next();
  }
}

@Module({ controllers: [NumbersController, LanguagesController] })
class NumbersModule {}

@Module({ controllers: [GlobalController], providers: [{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }] })
class GlobalModule {}

/** Tests with an available Redis do not measure time. */
const PATIENT_MS = 5_000;

const adapters = { Fastify: () => new FastifyAdapter(), Express: () => new ExpressAdapter() };
const cases = (['Fastify', 'Express'] as const).flatMap((adapter) =>
  ['Redis', 'no Redis'].map((tier) => ({ adapter, tier })),
);

describe.each(cases)('the official interceptor on $adapter, with $tier', ({ adapter, tier }) => {
  const cleanUp = new CleanUp();
  afterEach(() => cleanUp.run());

  async function givenApp(options: { module?: object; ttl?: number } = {}) {
    const server = tier === 'Redis' ? await givenRedis(cleanUp) : undefined;
    const { module = NumbersModule, ttl } = options;
    const manager = ttl === undefined ? {} : { ttl };
    const imports = managedModules(server ? at(server, PATIENT_MS) : null, { manager, imports: [{ module } as never] });
    const testing = await Test.createTestingModule({ imports }).compile();
    const app: INestApplication = testing.createNestApplication(adapters[adapter](), { logger: false });
    await app.init();
    await readyOf(app);
    cleanUp.add(() => app.close());
    await eventually(() => expect(testing.get(CacheRegistry).channel.connected).toBe(true));
    const get = (path: string, headers: Record<string, string> = {}) =>
      request(app.getHttpServer()).get(path).set(headers);
    return { app, server, get };
  }

  /** Returns the body of the next GET with this `X-Cache`: the interceptor stores an answer after sending it. */
  const answered = async (get: Awaited<ReturnType<typeof givenApp>>['get'], path: string, xCache = 'HIT') =>
    eventually(async () => {
      const { headers, body, text } = await get(path).expect(200);
      expect(headers['x-cache']).toBe(xCache);
      return { body, text };
    });

  it('the official interceptor answers the second request from the cache, with X-Cache: HIT', async () => {
    const { get } = await givenApp();
    const { body, headers } = await get('/numbers').expect(200);
    expect(headers['x-cache']).toBe('MISS');
    expect((await answered(get, '/numbers')).body).toEqual(body);
    const other = await get('/numbers?page=2').expect(200);
    expect([other.headers['x-cache'], other.body]).toEqual(['MISS', { n: body.n + 1 }]);
  });

  it('@CacheTTL of a route is in milliseconds, and overrides the one of its class (nestjs/nest#10436, #10755, #11119, PR #11131, #11252)', async () => {
    const { get } = await givenApp();
    const first = await get('/numbers/short');
    const ofClass = await get('/numbers');
    await pause(300);
    expect((await get('/numbers/short')).body.n).toBeGreaterThan(first.body.n);
    expect((await answered(get, '/numbers')).body).toEqual(ofClass.body);
  });

  it('the TTL of the module applies to routes without one', async () => {
    const { get } = await givenApp({ module: GlobalModule, ttl: 1_000 });
    const first = await get('/global');
    expect((await answered(get, '/global')).body).toEqual(first.body);
    await pause(1_100);
    expect((await get('/global')).body.n).toBeGreaterThan(first.body.n);
  });

  it('routes with one @CacheKey share an entry, and a function makes separate keys', async () => {
    const { get } = await givenApp();
    const { body } = await get('/numbers/named');
    expect((await answered(get, '/numbers/also-named')).body).toEqual(body);
    const ada = await get('/numbers/of/ada/a?ttl=60000');
    expect((await answered(get, '/numbers/of/ada/b?ttl=60000')).body).toEqual(ada.body);
    expect((await get('/numbers/of/grace/a')).body).not.toEqual(ada.body);
  });

  it('an overridden trackBy makes the key, and bypasses the cache by returning undefined', async () => {
    const { get } = await givenApp();
    const english = { 'accept-language': 'en' };
    const { body } = await get('/languages', english);
    await eventually(async () => expect((await get('/languages', english)).body).toEqual(body));
    expect((await get('/languages', { 'accept-language': 'de' })).body).not.toEqual(body);
    const passed = await get('/languages', { ...english, 'x-bypass': '1' });
    expect([passed.headers['x-cache'], passed.body.n > body.n]).toEqual([undefined, true]);
  });

  it.each(['0', 'false', '""', '[]', '{"a":null}'])('a handler that returned %s is not called again', async (json) => {
    const { get } = await givenApp();
    const path = `/numbers/value/${encodeURIComponent(json)}`;
    const { text } = await get(path).expect(200);
    const before = calls;
    expect((await answered(get, path)).text).toBe(text);
    expect(calls).toBe(before);
  });

  it.each(['/numbers/value/null', '/numbers/nothing'])(
    'the official interceptor does not store null and undefined, for %s (nestjs/nest#7581, #7452)',
    async (path) => {
      const { get } = await givenApp();
      for (let time = 0; time < 3; time += 1) expect((await get(path)).headers['x-cache']).toBe('MISS');
    },
  );

  it('the official interceptor stores neither a file nor the answer to a POST', async () => {
    const { app, get } = await givenApp();
    for (let time = 0; time < 2; time += 1) expect((await get('/numbers/file')).headers['x-cache']).toBe('MISS');
    const post = () => request(app.getHttpServer()).post('/numbers');
    expect((await post()).body).not.toEqual((await post()).body);
  });

  it('the official interceptor works as APP_INTERCEPTOR', async () => {
    const { get } = await givenApp({ module: GlobalModule });
    const { body } = await get('/global').expect(200);
    expect((await answered(get, '/global')).body).toEqual(body);
  });

  it('an answer that 50 concurrent requests store is a hit for the next one', async () => {
    const { get } = await givenApp();
    await Promise.all(Array.from({ length: 50 }, () => get('/numbers/slow').expect(200)));
    const before = calls;
    await answered(get, '/numbers/slow');
    expect(calls).toBeLessThanOrEqual(before + 1);
  });
});

async function readyOf(app: INestApplication): Promise<void> {
  const instance: { ready?: () => Promise<unknown> } = app.getHttpAdapter().getInstance();
  await instance.ready?.();
}

describe.each(['Fastify', 'Express'] as const)(
  'the official interceptor on %s while Redis is unavailable',
  (adapter) => {
    const cleanUp = new CleanUp();
    afterEach(() => cleanUp.run());

    it.each(['frozen', 'refused'])(
      'routes answer and the application shuts down while Redis is %s (caching-tools/next-shared-cache#230)',
      async (how) => {
        const server = await givenRedis(cleanUp);
        const imports = managedModules(at(server), { imports: [{ module: NumbersModule }] });
        const testing = await Test.createTestingModule({ imports }).compile();
        const app: INestApplication = testing.createNestApplication(adapters[adapter](), { logger: false });
        await app.init();
        await readyOf(app);
        cleanUp.add(() => app.close());
        await request(app.getHttpServer()).get('/numbers').expect(200);
        if (how === 'frozen') server.freeze();
        else await server.kill();
        const { answer, ms } = await timed(() =>
          Promise.all([1, 2, 3, 4].map((page) => request(app.getHttpServer()).get(`/numbers?page=${page}`))),
        );
        expect(answer.map(({ status, headers }) => [status, headers['x-cache']])).toEqual(
          answer.map(() => [200, 'MISS']),
        );
        expect(ms).toBeLessThan(1_500);
        expect((await timed(() => app.close())).ms).toBeLessThan(3_000);
      },
    );
  },
);
