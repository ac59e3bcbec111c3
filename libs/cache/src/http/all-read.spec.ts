import { AsyncLocalStorage } from 'node:async_hooks';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type CanActivate, Controller, Get, Injectable, UseGuards, UseInterceptors } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adapters, givenServer } from '../../test/given-server.js';
import { defineCache } from '../core/cache-definition.js';
import { allRead } from './all-read.js';
import { CacheResponse } from './cache-response.decorator.js';
import type { KeySource } from './cached-route.js';
import { HttpCacheInterceptor } from './http-cache.interceptor.js';

const given = (): IncomingMessage => new IncomingMessage(new Socket());

describe(allRead, () => {
  it('lets a request wait once', async () => {
    const request = given();
    await allRead(request);
    expect(allRead(request)).toBeUndefined();
  });

  it('goes on with all who wait, in their order, before anything that they begin', async () => {
    const seen: string[] = [];
    const going = [1, 2].map(async (number) => {
      await allRead(given());
      seen.push(`answers ${number}`);
      setImmediate(() => seen.push('begun'));
    });
    expect(seen).toEqual([]);
    await Promise.all(going);
    expect(seen).toEqual(['answers 1', 'answers 2']);
  });

  it('lets who comes later wait for a turn of its own', async () => {
    const first = allRead(given());
    await first;
    const second = allRead(given());
    expect(second).toBeInstanceOf(Promise);
    expect(second).not.toBe(first);
  });
});

const asking = new AsyncLocalStorage<string>();

const told = defineCache<string, number>({ name: 'told', version: 1, key: z.string(), ttl: '30s' });

@Injectable()
class Anybody implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** Holds up requests that have a name until all of them have arrived, and goes on with each in its own async context. */
function whenAllAreHere(names: readonly string[]): (name: string, next: () => void) => Promise<void> {
  const missing = new Set(names);
  const all = Promise.withResolvers<void>();
  return (name, next) =>
    asking.run(name, async () => {
      missing.delete(name);
      if (missing.size === 0) all.resolve();
      if (names.includes(name)) await all.promise;
      next();
    });
}

/** Each answer says who asked, by the context that it is made in. */
const headers = () => ({ 'x-asked-by': asking.getStore() ?? 'nobody' });
const idOf = ({ params }: KeySource) => params['id'];

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class ToldController {
  @Get('open/:id')
  @CacheResponse(told, idOf, { headers })
  open(): number {
    return 1;
  }

  @Get('early/:id')
  @CacheResponse(told, idOf, { headers, early: true })
  early(): number {
    return 1;
  }

  @Get('guarded/:id')
  @UseGuards(Anybody)
  @CacheResponse(told, idOf, { headers })
  guarded(): number {
    return 1;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  it.each(['open', 'early', 'guarded'])(
    'hits that are answered together are each made in the async context of their request (%s)',
    async (path) => {
      const names = Array.from({ length: 20 }, (_, index) => `name ${index}`);
      const begin = whenAllAreHere(names);
      const { server } = await givenServer(adapter, {
        caches: [told],
        controllers: [ToldController],
        configure: (app) => {
          if (adapter === 'Express') {
            app.use(({ headers: sent }: Request, _: Response, next: NextFunction) => {
              void begin(String(sent['x-name']), next);
            });
          } else {
            const fastify: FastifyHooks = app.getHttpAdapter().getInstance();
            fastify.addHook('onRequest', ({ headers: sent }, _, done) => {
              void begin(String(sent['x-name']), done);
            });
          }
        },
      });
      await server.get(`/${path}/1`).expect(200);
      const answers = await Promise.all(names.map((name) => server.get(`/${path}/1`).set('X-Name', name)));
      expect(answers.map(({ headers: received }) => received['x-cache'])).toEqual(names.map(() => 'HIT'));
      expect(answers.map(({ headers: received }) => received['x-asked-by'])).toEqual(names);
    },
  );
});

interface FastifyHooks {
  addHook(
    name: 'onRequest',
    hook: (request: { readonly headers: IncomingMessage['headers'] }, reply: unknown, done: () => void) => void,
  ): unknown;
}
