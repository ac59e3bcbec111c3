import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CacheModule } from '../cache.module.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { defineCache } from '../core/policy/define-cache.js';
import { Invalidates } from './invalidates.decorator.js';
import { ReadThrough } from './read-through.decorator.js';

const marked = defineCache<string>('marked', {
  key: z.string().transform((id) => `${id}!`),
  ttl: '30s',
});

@Injectable()
class Marked {
  @ReadThrough(marked, (id) => id)
  async find(id: string): Promise<string> {
    return id;
  }

  @Invalidates(marked, (id) => id)
  async remove(_id: string): Promise<void> {}
}

it('@Invalidates parses its key once, as @ReadThrough does', async () => {
  const imports = [CacheModule.forRoot(), CacheModule.forFeature(marked)];
  const testing = await Test.createTestingModule({ imports, providers: [Marked] }).compile();
  await testing.get(Marked).find('1');
  const cache = testing.get(CacheRegistry).find(marked);
  expect(await cache.get('1')).toBe('1');
  await testing.get(Marked).remove('1');
  expect(await cache.get('1')).toBeUndefined();
});
