import { Controller, Get, Logger, Post, type Type, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../core/cache-definition.js';
import { givenServer } from '../../test/given-server.js';
import { CacheResponse } from './cache-response.decorator.js';
import type { CacheResponseOptions, KeySource } from './cached-route.js';
import { HttpCacheInterceptor } from './http-cache.interceptor.js';

const key = z.strictObject({ id: z.string(), about: z.string().optional(), principal: z.string().optional() });
type Key = z.output<typeof key>;
const items = defineCache<Key, number>({ name: 'items', version: 1, key, ttl: '30s' });
const idOf = ({ params }: KeySource) => ({ id: params['id'] });

/** A controller whose one route is decorated in this way besides. */
function routed(
  { options = {}, of = Controller() }: { options?: CacheResponseOptions<Key, number>; of?: ClassDecorator },
  ...decorators: MethodDecorator[]
): Type<unknown> {
  @UseInterceptors(HttpCacheInterceptor)
  class Routed {
    @CacheResponse(items, idOf, options)
    find(): number {
      return 1;
    }
  }
  of(Routed);
  const descriptor = Object.getOwnPropertyDescriptor(Routed.prototype, 'find');
  for (const decorate of decorators) if (descriptor) decorate(Routed.prototype, 'find', descriptor);
  return Routed;
}

const boot = (controller: Type<unknown>, caches = [items]) =>
  givenServer('Fastify', { caches, controllers: [controller] });

describe('the boot is refused', () => {
  it.each<[string, Type<unknown>, RegExp]>([
    [
      'an early route of a method that is never cached',
      routed({ options: { early: true } }, Post(':id')),
      /it answers POST/,
    ],
  ])('for %s', async (_, controller, expected) => {
    await expect(boot(controller)).rejects.toThrow(expected);
  });
});

describe('the boot goes on', () => {
  it.each<[string, Type<unknown>]>([['an early route', routed({ options: { early: true } }, Get(':id'))]])(
    'for %s',
    async (_, controller) => {
      await expect(boot(controller)).resolves.toBeDefined();
    },
  );
});

describe('the boot warns', () => {
  it.each<[string, Type<unknown>, RegExp]>([
    ['of a cached route of a method that is never cached', routed({}, Post(':id')), /Routed\.find .*answers POST/],
  ])('%s', async (_, controller, expected) => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    onTestFinished(() => warn.mockRestore());
    await boot(controller);
    expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(expected));
  });
});
